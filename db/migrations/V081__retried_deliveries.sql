-- Why: staff see what could not be delivered, and let it be tried again: what one way gave up, and facts of which nobody could be
-- told. Expands.
-- Locks: none that matter, functions are new.

-- Of facts, what could not be told and why; never whom they name. For staff alone.
CREATE FUNCTION given_up_facts(before timestamptz, before_id uuid, most int)
RETURNS TABLE (fact_id uuid, name text, last_error text, attempts smallint, created_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT actor_is_staff() THEN RETURN; END IF;
  RETURN QUERY SELECT f.fact_id, f.name::text, f.last_error::text, f.attempts, f.created_at FROM facts f
    WHERE f.expanded_at IS NULL AND f.due_at = 'infinity' AND (f.created_at, f.fact_id) < (before, before_id)
    ORDER BY f.created_at DESC, f.fact_id DESC LIMIT most;
END
$$;

-- Tried again at once: one, where `event` says which (of whom and by which way, or a fact itself), else all with this error by this
-- way. At most `most`; what another takes up at this instant is passed over. Answers how many.
CREATE FUNCTION retry_deliveries(event uuid, person uuid, by_channel text, error text, most int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  again int;
BEGIN
  IF NOT actor_is_staff() THEN RETURN 0; END IF;
  IF by_channel = 'in_app' THEN
    UPDATE facts f SET due_at = now(), attempts = 0
    FROM (SELECT fact_id FROM facts WHERE expanded_at IS NULL AND due_at = 'infinity'
            AND (event IS NULL OR fact_id = event) AND (error IS NULL OR last_error = error)
          LIMIT most FOR UPDATE SKIP LOCKED) w
    WHERE f.fact_id = w.fact_id;
  ELSE
    UPDATE notification_deliveries d SET status = 'waiting', due_at = now(), attempts = 0
    FROM (SELECT source_event, user_id, channel FROM notification_deliveries
          WHERE status IN ('failed', 'dead') AND channel = by_channel
            AND (event IS NULL OR (source_event = event AND user_id = person)) AND (error IS NULL OR last_error = error)
          ORDER BY created_at DESC LIMIT most FOR UPDATE SKIP LOCKED) w
    WHERE (d.source_event, d.user_id, d.channel) = (w.source_event, w.user_id, w.channel);
  END IF;
  GET DIAGNOSTICS again = ROW_COUNT;
  RETURN again;
END
$$;
REVOKE EXECUTE ON FUNCTION given_up_facts(timestamptz, uuid, int), retry_deliveries(uuid, uuid, text, text, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION given_up_facts(timestamptz, uuid, int), retry_deliveries(uuid, uuid, text, text, int) TO app_user;
