-- Why: people look for events near them: an event says its country and city, and a list of those to come and of those that
-- are over is walked in order of time. Expands.
-- Locks: events, for as long as an index is built: some milliseconds for two thousand events.

ALTER TABLE events ADD COLUMN country VARCHAR(2);
ALTER TABLE events ADD COLUMN city VARCHAR(100);
-- safe: both columns are new and empty
ALTER TABLE events ADD CONSTRAINT valid_country CHECK (country ~ '^[A-Z]{2}$');

-- safe: events are few thousands
CREATE INDEX idx_events_listed ON events (event_date, event_id) WHERE status IN ('published', 'in_progress', 'completed');

-- ============================================================================
-- Events by words
-- ============================================================================
-- safe: events are few thousands
CREATE INDEX idx_events_fts ON events USING gin (search_document(language, coalesce(title, '') || ' ' || coalesce(description, '')));

-- What everybody may read and is about these words, with the owner's rights: under row security @@ is not leakproof and
-- would not use the index (R34).
CREATE FUNCTION events_about(words text) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT event_id FROM events
    WHERE status <> 'draft'
      AND search_document(language, coalesce(title, '') || ' ' || coalesce(description, '')) @@ search_query(words);
END
$$;
GRANT EXECUTE ON FUNCTION events_about(text) TO app_user, app_worker;
