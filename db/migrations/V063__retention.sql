-- Why: what has had its time goes (§10.1): one job runs every rule, in batches, and leaves a row that tells what it did. Expands.
-- Locks: media_assets for an instant, a column without a default; messages while an index is built.

ALTER TABLE media_assets ADD COLUMN unused_since TIMESTAMPTZ; -- nobody names it any more
-- safe: nothing writes messages yet, and an index of some thousand rows takes milliseconds
CREATE INDEX idx_messages_created_at ON messages(created_at);

-- One run of one rule. A run without an end was broken off; the next one goes on where it was.
CREATE TABLE retention_runs (
  run_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  rule VARCHAR(40) NOT NULL,
  dry_run BOOLEAN NOT NULL,
  started_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  finished_at TIMESTAMPTZ,
  found INT NOT NULL, -- when it began
  done INT NOT NULL DEFAULT 0
);
CREATE INDEX idx_retention_runs_rule ON retention_runs(rule, started_at DESC);
GRANT SELECT, INSERT, UPDATE (finished_at, done), DELETE ON retention_runs TO app_worker;
ALTER TABLE retention_runs ENABLE ROW LEVEL SECURITY;
CREATE POLICY retention_runs_jobs ON retention_runs TO app_worker USING (true) WITH CHECK (true);

-- Who was told that an account which nobody uses will be closed.
CREATE TABLE inactivity_notices (
  user_id UUID PRIMARY KEY REFERENCES users(user_id) ON DELETE CASCADE,
  warned_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
);
CREATE INDEX idx_inactivity_notices_warned_at ON inactivity_notices(warned_at);
GRANT SELECT, INSERT, DELETE ON inactivity_notices TO app_worker;
GRANT SELECT ON inactivity_notices TO app_user;
ALTER TABLE inactivity_notices ENABLE ROW LEVEL SECURITY;
CREATE POLICY inactivity_notices_read ON inactivity_notices FOR SELECT TO app_user USING (user_id = (SELECT actor_id()));
CREATE POLICY inactivity_notices_jobs ON inactivity_notices TO app_worker USING (true) WITH CHECK (true);

-- Months whose time is over: the audit's by class (R20), notifications after ninety days. An audit month is not over while a row of
-- it stands in no seal that is kept outside the database too: who drops it must leave the proof.
CREATE FUNCTION expired_partitions() RETURNS TABLE (parent text, child text, rows_left bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  item record;
  sealed bigint;
BEGIN
  FOR item IN
    SELECT p.parent, c.relname::text AS child, to_date(right(c.relname, 7), 'YYYY_MM') AS month, k.keep
    FROM (VALUES ('audit_logs_general', interval '12 months'), ('audit_logs_security', interval '3 years'),
      ('audit_logs_financial', interval '7 years'), ('notifications', interval '90 days')) AS k(parent, keep)
    JOIN partitioned_tables p USING (parent)
    JOIN pg_inherits i ON i.inhparent = to_regclass(p.parent)
    JOIN pg_class c ON c.oid = i.inhrelid
    WHERE to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month' + k.keep <= now()
    ORDER BY 3, 1
  LOOP
    EXECUTE format('SELECT count(*) FROM %I', item.child) INTO rows_left;
    IF item.parent <> 'notifications' THEN
      SELECT coalesce(sum(s.row_count), 0) INTO sealed FROM audit_seals s
      WHERE s.retention_class = substr(item.parent, 12) AND s.month = item.month AND s.stored_at IS NOT NULL;
      CONTINUE WHEN sealed < rows_left;
    END IF;
    parent := item.parent;
    child := item.child;
    RETURN NEXT;
  END LOOP;
END
$$;

-- Drops the oldest of them and says which; NULL: there is none. One a call, so that the parent is locked for an instant; who
-- reads it meanwhile is waited for two seconds, and then it is left for the next time.
CREATE FUNCTION drop_expired_partition(of_parents text[]) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
  oldest text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('ensure_partitions'));
  SELECT e.child INTO oldest FROM expired_partitions() e WHERE e.parent = ANY (of_parents) LIMIT 1;
  IF oldest IS NOT NULL THEN EXECUTE format('DROP TABLE %I', oldest); END IF;
  RETURN oldest;
END
$$;
GRANT EXECUTE ON FUNCTION expired_partitions(), drop_expired_partition(text[]) TO app_worker;
