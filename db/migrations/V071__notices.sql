-- Why: what somebody is told is rendered from its kind and parameters (R28), numbered for each person without a gap, counted
-- without counting, put aside, grouped in threads; and each way by which it goes out is a row that waits, was sent, or says why
-- not. Expands, but for two indexes that are made anew.
-- Locks: notifications and notification_deliveries while columns and indexes are added, some seconds for a million rows.

-- ============================================================================
-- NOTIFICATIONS
-- ============================================================================
ALTER TABLE notifications
  ADD COLUMN kind VARCHAR(60), -- the fact's name; NULL: told before facts
  ADD COLUMN params JSONB NOT NULL DEFAULT '{}',
  ADD COLUMN thread_key VARCHAR(100), -- post:<id>
  ADD COLUMN seq BIGINT, -- the person's own numbering, in the order of commits
  ADD COLUMN archived_at TIMESTAMPTZ;

-- Its person's row is locked by whoever numbers, so that who sees a number sees all before it.
CREATE TABLE notification_counters (
  user_id UUID PRIMARY KEY REFERENCES users(user_id) ON DELETE CASCADE,
  unread INT NOT NULL DEFAULT 0,
  seq BIGINT NOT NULL DEFAULT 0,
  CONSTRAINT unread_is_a_number CHECK (unread >= 0)
) WITH (fillfactor = 70);

GRANT SELECT, INSERT, UPDATE, DELETE ON notification_counters TO app_worker;
GRANT SELECT ON notification_counters TO app_user;
ALTER TABLE notification_counters ENABLE ROW LEVEL SECURITY;
CREATE POLICY notification_counters_read ON notification_counters FOR SELECT TO app_user USING (user_id = (SELECT actor_id()));
CREATE POLICY notification_counters_jobs ON notification_counters TO app_worker USING (true) WITH CHECK (true);

-- Numbers what has none and counts anew, for everybody: after rows came in past the trigger below.
CREATE FUNCTION renumber_notifications() RETURNS void LANGUAGE sql SET search_path = public, pg_temp AS $$
  WITH numbered AS (
    SELECT n.notification_id, n.created_at, coalesce(c.seq, 0) + row_number() OVER (PARTITION BY n.user_id ORDER BY n.created_at, n.notification_id) AS seq
    FROM notifications n LEFT JOIN notification_counters c ON c.user_id = n.user_id
    WHERE n.seq IS NULL)
  UPDATE notifications n SET seq = d.seq FROM numbered d
  WHERE n.notification_id = d.notification_id AND n.created_at = d.created_at;

  INSERT INTO notification_counters AS c (user_id, unread, seq)
  SELECT user_id, count(*) FILTER (WHERE is_read IS NOT TRUE AND archived_at IS NULL), max(seq) FROM notifications GROUP BY user_id
  ON CONFLICT (user_id) DO UPDATE SET unread = excluded.unread, seq = greatest(c.seq, excluded.seq);
$$;
SELECT renumber_notifications();

CREATE FUNCTION number_notification() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO notification_counters AS c (user_id, unread, seq)
  VALUES (NEW.user_id, CASE WHEN NEW.is_read IS TRUE OR NEW.archived_at IS NOT NULL THEN 0 ELSE 1 END, 1)
  ON CONFLICT (user_id) DO UPDATE SET unread = c.unread + excluded.unread, seq = c.seq + 1
  RETURNING c.seq INTO NEW.seq;
  RETURN NEW;
END
$$;
CREATE TRIGGER number_notification BEFORE INSERT ON notifications FOR EACH ROW EXECUTE FUNCTION number_notification();

-- Two changes of one person's come one after the other, in whatever order they meet the rows.
CREATE FUNCTION hold_notifications() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM FROM notification_counters WHERE user_id = actor_id() FOR UPDATE;
END
$$;
GRANT EXECUTE ON FUNCTION hold_notifications() TO app_user;

-- Reading, archiving, and both taken back: the difference, once a statement.
CREATE FUNCTION count_changed_notifications() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE notification_counters c SET unread = c.unread + d.more
  FROM (
    SELECT user_id, sum(more)::int AS more
    FROM (
      SELECT user_id, 1 AS more FROM now_so WHERE is_read IS NOT TRUE AND archived_at IS NULL
      UNION ALL
      SELECT user_id, -1 FROM was_so WHERE is_read IS NOT TRUE AND archived_at IS NULL) changes
    GROUP BY user_id HAVING sum(more) <> 0) d
  WHERE c.user_id = d.user_id;
  RETURN NULL;
END
$$;
CREATE TRIGGER count_changed_notifications AFTER UPDATE ON notifications REFERENCING OLD TABLE AS was_so NEW TABLE AS now_so
  FOR EACH STATEMENT EXECUTE FUNCTION count_changed_notifications();

CREATE FUNCTION count_removed_notifications() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE notification_counters c SET unread = c.unread - d.fewer
  FROM (SELECT user_id, count(*)::int AS fewer FROM was_so WHERE is_read IS NOT TRUE AND archived_at IS NULL GROUP BY user_id) d
  WHERE c.user_id = d.user_id;
  RETURN NULL;
END
$$;
CREATE TRIGGER count_removed_notifications AFTER DELETE ON notifications REFERENCING OLD TABLE AS was_so
  FOR EACH STATEMENT EXECUTE FUNCTION count_removed_notifications();

-- As before; and who had not read what goes with its month has that much less to read.
CREATE OR REPLACE FUNCTION drop_expired_partition(of_parents text[]) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
  oldest record;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('ensure_partitions'));
  SELECT e.parent, e.child INTO oldest FROM expired_partitions() e WHERE e.parent = ANY (of_parents) LIMIT 1;
  IF oldest.parent = 'notifications' THEN
    EXECUTE format('LOCK TABLE %I', oldest.child);
    EXECUTE format('UPDATE notification_counters c SET unread = c.unread - d.fewer
      FROM (SELECT user_id, count(*)::int AS fewer FROM %I WHERE is_read IS NOT TRUE AND archived_at IS NULL GROUP BY user_id) d
      WHERE c.user_id = d.user_id', oldest.child);
  END IF;
  IF oldest.child IS NOT NULL THEN EXECUTE format('DROP TABLE %I', oldest.child); END IF;
  RETURN oldest.child;
END
$$;

-- Read in the order of their numbers now.
-- safe: nobody waits long for an index of some hundred thousand rows
DROP INDEX idx_notifications_user;
-- safe: as above
DROP INDEX idx_notifications_unread;
-- safe: as above
CREATE INDEX idx_notifications_user ON notifications(user_id, seq DESC);
-- safe: as above
CREATE INDEX idx_notifications_unread ON notifications(user_id, seq DESC) WHERE is_read = FALSE AND archived_at IS NULL;
-- safe: as above
CREATE INDEX idx_notifications_thread ON notifications(user_id, thread_key, seq DESC) WHERE thread_key IS NOT NULL;

-- ============================================================================
-- DELIVERIES: the log of who was told what, when, by which way, or why not; and the queue of what waits to go out
-- ============================================================================
ALTER TABLE notification_deliveries
  ADD COLUMN notification_id UUID, -- its month is in it
  ADD COLUMN kind VARCHAR(60),
  ADD COLUMN status VARCHAR(10) NOT NULL DEFAULT 'sent',
  ADD COLUMN reason VARCHAR(20), -- why it was not sent
  ADD COLUMN due_at TIMESTAMPTZ, -- of one that waits: not before; while it is being sent: when another may try
  ADD COLUMN digest_at TIMESTAMPTZ, -- gathered with the others of this moment
  ADD COLUMN attempts SMALLINT NOT NULL DEFAULT 0,
  ADD COLUMN last_error VARCHAR(60);
ALTER TABLE notification_deliveries ADD CONSTRAINT valid_status
  CHECK (status IN ('waiting', 'sent', 'skipped', 'failed', 'dead')) NOT VALID;
ALTER TABLE notification_deliveries VALIDATE CONSTRAINT valid_status;
ALTER TABLE notification_deliveries ADD CONSTRAINT waiting_is_due CHECK ((status = 'waiting') = (due_at IS NOT NULL)) NOT VALID;
ALTER TABLE notification_deliveries VALIDATE CONSTRAINT waiting_is_due;
ALTER TABLE notification_deliveries ADD CONSTRAINT skipped_has_reason
  CHECK (status <> 'skipped' OR reason IS NOT NULL) NOT VALID;
ALTER TABLE notification_deliveries VALIDATE CONSTRAINT skipped_has_reason;

-- safe: nothing has been written there yet
DROP INDEX idx_notification_deliveries_user;
-- safe: nothing has been written there yet
CREATE INDEX idx_notification_deliveries_user ON notification_deliveries(user_id, created_at DESC);
-- safe: nothing has been written there yet
CREATE INDEX idx_notification_deliveries_due ON notification_deliveries(due_at) WHERE status = 'waiting';
-- safe: nothing has been written there yet
CREATE INDEX idx_notification_deliveries_digest ON notification_deliveries(user_id, digest_at) WHERE status = 'waiting' AND digest_at IS NOT NULL;
-- safe: nothing has been written there yet
CREATE INDEX idx_notification_deliveries_dead ON notification_deliveries(created_at DESC) WHERE status IN ('failed', 'dead');
-- safe: nothing has been written there yet
CREATE INDEX idx_notification_deliveries_created ON notification_deliveries(created_at);

-- ============================================================================
-- What somebody does not want to hear of any more; of whom, user_mutes says
-- ============================================================================
CREATE TABLE notification_mutes (
  user_id UUID NOT NULL REFERENCES users(user_id) ON DELETE CASCADE,
  thread_key VARCHAR(100) NOT NULL,
  muted_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  PRIMARY KEY (user_id, thread_key)
);
GRANT SELECT, DELETE ON notification_mutes TO app_worker;
GRANT SELECT, INSERT, DELETE ON notification_mutes TO app_user;
ALTER TABLE notification_mutes ENABLE ROW LEVEL SECURITY;
CREATE POLICY notification_mutes_read ON notification_mutes FOR SELECT TO app_user USING (user_id = (SELECT actor_id()));
CREATE POLICY notification_mutes_add ON notification_mutes FOR INSERT TO app_user WITH CHECK (user_id = (SELECT actor_id()));
CREATE POLICY notification_mutes_remove ON notification_mutes FOR DELETE TO app_user USING (user_id = (SELECT actor_id()));
CREATE POLICY notification_mutes_jobs ON notification_mutes TO app_worker USING (true) WITH CHECK (true);

ALTER TABLE user_settings ADD COLUMN email_when_away BOOLEAN NOT NULL DEFAULT FALSE; -- mail only what was not seen in the application

-- What came to each of these people after a number of theirs, at most `most` for each, oldest first, with how they stand; for
-- the live streams, which ask for many people at once. One index walk a person.
CREATE FUNCTION notifications_after(readers uuid[], seqs bigint[], most int)
RETURNS TABLE (user_id uuid, unread int, seq bigint, language text, timezone text, items json)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN QUERY
    SELECT c.user_id, c.unread, c.seq, s.language::text, s.timezone::text, coalesce(came.items, '[]'::json)
    FROM unnest(readers, seqs) AS r(reader, after)
    JOIN notification_counters c ON c.user_id = r.reader
    LEFT JOIN user_settings s ON s.user_id = r.reader
    LEFT JOIN LATERAL (
      SELECT json_agg(notification_json(n) ORDER BY n.seq) AS items
      FROM (SELECT * FROM notifications n WHERE n.user_id = r.reader AND n.seq > r.after ORDER BY n.seq LIMIT most) n
    ) came ON c.seq > r.after AND most > 0;
END
$$;

-- As it is stored; its words are found when it is read.
CREATE FUNCTION notification_json(n notifications) RETURNS json LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT json_build_object(
    'notification_id', n.notification_id, 'seq', n.seq, 'kind', n.kind, 'type', n.notification_type, 'params', n.params,
    'title', n.title, 'message', n.message, 'action_url', n.action_url, 'reference_type', n.reference_type,
    'reference_id', n.reference_id, 'actor_id', n.actor_id,
    'actor', (SELECT p.card FROM people p WHERE p.user_id = n.actor_id), 'thread_key', n.thread_key,
    'is_read', coalesce(n.is_read, false), 'archived_at', n.archived_at, 'created_at', n.created_at)
$$;
GRANT EXECUTE ON FUNCTION notification_json(notifications) TO app_user, app_worker;
GRANT EXECUTE ON FUNCTION notifications_after(uuid[], bigint[], int) TO app_user, app_worker;
