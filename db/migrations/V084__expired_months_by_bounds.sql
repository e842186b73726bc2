-- Why: which month's time is over is told by what its partition holds, not by what that is called: one that was given the name of
-- an old month would be dropped with everything of this year in it.
-- Locks: none that anybody waits for. Expands.

CREATE OR REPLACE FUNCTION expired_partitions() RETURNS TABLE (parent text, child text, rows_left bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  item record;
  sealed bigint;
BEGIN
  FOR item IN
    SELECT p.parent, c.relname::text AS child, b.first::date AS month, k.keep
    FROM (VALUES ('audit_logs_general', interval '12 months'), ('audit_logs_security', interval '3 years'),
      ('audit_logs_financial', interval '7 years'), ('notifications', interval '90 days')) AS k(parent, keep)
    JOIN partitioned_tables p USING (parent)
    JOIN pg_inherits i ON i.inhparent = to_regclass(p.parent)
    JOIN pg_class c ON c.oid = i.inhrelid
    CROSS JOIN LATERAL (
      SELECT substring(pg_get_expr(c.relpartbound, c.oid) FROM '^FOR VALUES FROM \(''(\d{4}-\d\d-01) 00:00:00\+00''\)') AS first) b
    WHERE b.first::date + interval '1 month' + k.keep <= now()
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
