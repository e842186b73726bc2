-- Why: the months of the audit are what their partitions hold, not what those are called: one with another name was sealed under that
-- name's month, or ended every run of the sealer. The check prints rows by its own SQL, since a function here is its owner's.
-- Locks: none that anybody waits for. Expands, and takes away a function that nothing calls any more.

CREATE OR REPLACE FUNCTION audit_months() RETURNS TABLE (retention_class text, month date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
  SELECT substring(p.relname::text FROM '^audit_logs_([a-z]+)$'), b.first::date
  FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent JOIN pg_class c ON c.oid = i.inhrelid
  CROSS JOIN LATERAL (
    SELECT substring(pg_get_expr(c.relpartbound, c.oid) FROM '^FOR VALUES FROM \(''(\d{4}-\d\d-01) 00:00:00\+00''\)') AS first) b
  WHERE p.relname IN ('audit_logs_general', 'audit_logs_security', 'audit_logs_financial') AND b.first IS NOT NULL
  ORDER BY 1, 2
$$;

DROP FUNCTION audit_text(audit_logs);
