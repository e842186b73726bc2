-- Why: an audit that shows whether it was touched (R35). Each row carries a keyed MAC and the transaction that wrote it; seals chain
-- what is committed, per class and month; where somebody came from is sealed with a key of their own, which erasure destroys. Expands.
-- Locks: audit_logs, for an instant: columns without a default. Rows from before have no MAC until `ops audit adopt` has given them one.
SET lock_timeout = '3s';

ALTER TABLE audit_logs ADD COLUMN origin_cipher BYTEA; -- { ip, agent }, sealed with the key in audit_keys or audit_month_keys
ALTER TABLE audit_logs ADD COLUMN mac BYTEA; -- one byte for the key's number, then HMAC-SHA-256 over every other column
ALTER TABLE audit_logs ADD COLUMN xid XID8;
ALTER TABLE audit_logs ALTER COLUMN xid SET DEFAULT pg_current_xact_id();
ALTER TABLE audit_logs ADD CONSTRAINT whole_mac CHECK (octet_length(mac) = 33) NOT VALID;
ALTER TABLE audit_logs VALIDATE CONSTRAINT whole_mac;

-- The sealer looks for what is above the last seal.
-- safe: no row that is there has a transaction, so the build reads each month once and writes nothing
CREATE INDEX idx_audit_xid ON audit_logs (xid) WHERE xid IS NOT NULL;

-- ============================================================================
-- What a MAC is taken over: every column but mac and xid, in one text. A separator stands between any two, also where there is
-- nothing, so that no two rows read the same. `src/platform/audit/canonical.ts` writes the same text.
-- ============================================================================
CREATE FUNCTION audit_text(entry audit_logs) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT concat_ws(E'\x1f', entry.retention_class, entry.log_id, encode(timestamptz_send(entry.timestamp), 'hex'),
    coalesce(entry.user_id::text, E'\x1e'), coalesce(entry.impersonating_user_id::text, E'\x1e'),
    entry.action, coalesce(entry.entity_type, E'\x1e'), coalesce(entry.entity_id::text, E'\x1e'),
    coalesce(to_json(entry.description)::text, E'\x1e'), coalesce(entry.changes::text, E'\x1e'), coalesce(entry.metadata::text, E'\x1e'),
    coalesce(entry.ip_address::text, E'\x1e'), coalesce(to_json(entry.user_agent)::text, E'\x1e'),
    coalesce(encode(entry.origin_cipher, 'hex'), E'\x1e'), coalesce(entry.request_id::text, E'\x1e'), coalesce(entry.severity, E'\x1e'))
$$;
GRANT EXECUTE ON FUNCTION audit_text(audit_logs) TO app_user, app_worker;

-- ============================================================================
-- Keys for ip and agent: one a person, gone with them; one a class and month for what nobody signed in did, gone with its rows.
-- No foreign key to users: the first row may be written in the transaction that makes the account, or after its end.
-- ============================================================================
CREATE TABLE audit_keys (
  user_id UUID PRIMARY KEY,
  key_cipher BYTEA NOT NULL,
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
);
CREATE TABLE audit_month_keys (
  key_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  retention_class VARCHAR(20) NOT NULL,
  month DATE NOT NULL,
  key_cipher BYTEA NOT NULL,
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  CONSTRAINT one_key_a_month UNIQUE (retention_class, month),
  CONSTRAINT whole_month CHECK (month = date_trunc('month', month))
);
ALTER TABLE audit_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_month_keys ENABLE ROW LEVEL SECURITY;
GRANT SELECT, DELETE ON audit_keys, audit_month_keys TO app_worker;
CREATE POLICY audit_keys_jobs ON audit_keys TO app_worker USING (true);
CREATE POLICY audit_month_keys_jobs ON audit_month_keys TO app_worker USING (true);

-- The key that is there, else the offered one, which is kept. `is_new`: by this transaction, so that nobody may rely on it before
-- the commit. Two at once: the second waits for the first, and gets its key.
CREATE FUNCTION audit_key(person uuid, class text, of_month date, offered bytea) RETURNS TABLE (key_cipher bytea, is_new boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  FOR attempt IN 1..2 LOOP
    IF person IS NULL THEN
      RETURN QUERY SELECT k.key_cipher, k.xmin = pg_current_xact_id_if_assigned()::xid FROM audit_month_keys k
        WHERE k.retention_class = class AND k.month = of_month;
    ELSE
      RETURN QUERY SELECT k.key_cipher, k.xmin = pg_current_xact_id_if_assigned()::xid FROM audit_keys k WHERE k.user_id = person;
    END IF;
    EXIT WHEN FOUND;
    IF person IS NULL THEN
      INSERT INTO audit_month_keys (retention_class, month, key_cipher) VALUES (class, of_month, offered) ON CONFLICT DO NOTHING;
    ELSE
      INSERT INTO audit_keys (user_id, key_cipher) VALUES (person, offered) ON CONFLICT DO NOTHING;
    END IF;
  END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION audit_key(uuid, text, date, bytea) TO app_user, app_worker;

-- For staff who read the audit: the keys of these people and months, sealed as they are.
CREATE FUNCTION audit_keys_of(people uuid[]) RETURNS TABLE (user_id uuid, key_cipher bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT k.user_id, k.key_cipher FROM audit_keys k WHERE k.user_id = ANY (people) AND actor_is_staff()
$$;
CREATE FUNCTION audit_month_keys_of(months date[]) RETURNS TABLE (retention_class text, month date, key_cipher bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT k.retention_class::text, k.month, k.key_cipher FROM audit_month_keys k WHERE k.month = ANY (months) AND actor_is_staff()
$$;
GRANT EXECUTE ON FUNCTION audit_keys_of(uuid[]), audit_month_keys_of(date[]) TO app_user;

-- ============================================================================
-- Seals: one chain a class and month. A seal covers the committed rows from `from_xid` to below `to_xid`; the first one on a cluster
-- covers whatever was not sealed, since transaction numbers begin anew where a dump is restored. They outlive the rows.
-- ============================================================================
CREATE TABLE audit_seals (
  retention_class VARCHAR(20) NOT NULL,
  month DATE NOT NULL,
  number INT NOT NULL,
  cluster TEXT NOT NULL, -- the system identifier under which from_xid and to_xid count
  from_xid XID8 NOT NULL,
  to_xid XID8 NOT NULL,
  row_count INT NOT NULL,
  log_ids BYTEA NOT NULL, -- 16 bytes each, ascending
  out_of_turn BYTEA NOT NULL DEFAULT '', -- of log_ids, what the seals that follow would meet again: above to_xid already
  previous BYTEA NOT NULL, -- the head before; empty for the first
  head BYTEA NOT NULL, -- the key's number, then HMAC-SHA-256 over all of the above and the rows' MACs
  sealed_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  stored_at TIMESTAMPTZ, -- when its copy outside the database was made
  PRIMARY KEY (retention_class, month, number),
  CONSTRAINT numbered_from_one CHECK (number >= 1),
  CONSTRAINT every_id_once CHECK (octet_length(log_ids) = row_count * 16),
  CONSTRAINT whole_head CHECK (octet_length(head) = 33),
  CONSTRAINT forward CHECK (from_xid <= to_xid)
);
-- Ids do not compress, and parts of them are looked at.
ALTER TABLE audit_seals ALTER COLUMN log_ids SET STORAGE EXTERNAL;
CREATE INDEX idx_audit_seals_unstored ON audit_seals (sealed_at) WHERE stored_at IS NULL;
ALTER TABLE audit_seals ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON audit_seals TO app_user;
GRANT SELECT, INSERT, UPDATE (stored_at) ON audit_seals TO app_worker;
CREATE POLICY audit_seals_read ON audit_seals FOR SELECT TO app_user USING ((SELECT actor_is_staff()));
CREATE POLICY audit_seals_jobs ON audit_seals TO app_worker USING (true) WITH CHECK (true);

-- What each check of the chains found; the newest tells how it stands.
CREATE TABLE audit_checks (
  check_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  retention_class VARCHAR(20) NOT NULL,
  month DATE NOT NULL,
  checked_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  row_count INT NOT NULL,
  seal_count INT NOT NULL,
  problem_count INT NOT NULL,
  first_problem TEXT, -- kind and log_id
  CONSTRAINT counts_something CHECK (row_count >= 0 AND seal_count >= 0 AND problem_count >= 0)
);
CREATE INDEX idx_audit_checks_newest ON audit_checks (retention_class, month, checked_at DESC);
ALTER TABLE audit_checks ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON audit_checks TO app_user;
GRANT SELECT, INSERT, DELETE ON audit_checks TO app_worker;
CREATE POLICY audit_checks_read ON audit_checks FOR SELECT TO app_user USING ((SELECT actor_is_staff()));
CREATE POLICY audit_checks_jobs ON audit_checks TO app_worker USING (true) WITH CHECK (true);

-- The months that there are, by class.
CREATE FUNCTION audit_months() RETURNS TABLE (retention_class text, month date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT substring(p.relname::text FROM '^audit_logs_([a-z]+)$'), to_date(right(c.relname::text, 7), 'YYYY_MM')
  FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent JOIN pg_class c ON c.oid = i.inhrelid
  WHERE p.relname IN ('audit_logs_general', 'audit_logs_security', 'audit_logs_financial')
  ORDER BY 1, 2
$$;
GRANT EXECUTE ON FUNCTION audit_months() TO app_user, app_worker;

-- The numbers of transactions count within this cluster.
CREATE FUNCTION audit_cluster() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT system_identifier::text FROM pg_control_system()
$$;
GRANT EXECUTE ON FUNCTION audit_cluster() TO app_worker;
