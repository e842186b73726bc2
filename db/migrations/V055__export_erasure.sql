-- Why: a person takes along everything that is kept of them, and can have it erased (R11): hidden and signed out at once,
-- with a way back for some weeks, then purged for good, with a certificate that outlives them. Expands.
-- Locks: none that matter, the tables are new; user_consents and auth_lookup for an instant.

-- ============================================================================
-- DATA_EXPORTS: what is packed for somebody to take along. The file is in the private storage until expires_at.
-- ============================================================================
CREATE TABLE data_exports (
  export_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  user_id UUID NOT NULL REFERENCES users(user_id) ON DELETE CASCADE,
  status VARCHAR(20) NOT NULL DEFAULT 'queued',
  requested_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  started_at TIMESTAMPTZ,
  finished_at TIMESTAMPTZ,
  expires_at TIMESTAMPTZ,
  tables_total INT NOT NULL DEFAULT 0,
  tables_done INT NOT NULL DEFAULT 0,
  rows_written INT NOT NULL DEFAULT 0,
  size_bytes BIGINT,
  sha256 BYTEA,
  CONSTRAINT valid_status CHECK (status IN ('queued', 'building', 'ready', 'failed', 'expired')),
  CONSTRAINT ready_is_whole CHECK (status <> 'ready' OR (finished_at IS NOT NULL AND expires_at IS NOT NULL AND size_bytes IS NOT NULL AND sha256 IS NOT NULL)),
  CONSTRAINT progress_within_bounds CHECK (tables_done BETWEEN 0 AND tables_total)
);
CREATE INDEX idx_data_exports_user ON data_exports(user_id, requested_at DESC);
-- One is built at a time; whoever asks twice at once gets one of them.
CREATE UNIQUE INDEX one_export_at_a_time ON data_exports(user_id) WHERE status IN ('queued', 'building');
-- What the sweep walks.
CREATE INDEX idx_data_exports_expires ON data_exports(expires_at) WHERE status = 'ready';

GRANT SELECT, INSERT (export_id, user_id) ON data_exports TO app_user;
GRANT SELECT, INSERT, UPDATE, DELETE ON data_exports TO app_worker;
ALTER TABLE data_exports ENABLE ROW LEVEL SECURITY;
CREATE POLICY data_exports_read ON data_exports FOR SELECT TO app_user USING (user_id = (SELECT actor_id()));
CREATE POLICY data_exports_add ON data_exports FOR INSERT TO app_user WITH CHECK (user_id = (SELECT actor_id()));
CREATE POLICY data_exports_jobs ON data_exports TO app_worker USING (true) WITH CHECK (true);

-- ============================================================================
-- ERASURES: who asked to be erased, and that it was done. No foreign key to users: the proof outlives the person.
-- ============================================================================
CREATE TABLE erasures (
  erasure_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  user_id UUID NOT NULL,
  public_writing VARCHAR(10) NOT NULL,
  status VARCHAR(20) NOT NULL DEFAULT 'waiting',
  requested_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  cancellable_until TIMESTAMPTZ NOT NULL,
  cancelled_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ,
  erased_at TIMESTAMPTZ,
  outcome VARCHAR(20),
  certificate JSON, -- kept as it was hashed; what was done, in numbers: { tables: { posts: { detached: 3 } }, … }; nothing personal
  certificate_sha256 BYTEA,
  CONSTRAINT valid_public_writing CHECK (public_writing IN ('stays', 'goes')),
  CONSTRAINT valid_status CHECK (status IN ('waiting', 'purging', 'done', 'cancelled')),
  CONSTRAINT valid_outcome CHECK (outcome IN ('deleted', 'tombstone')),
  CONSTRAINT within_thirty_days CHECK (cancellable_until <= requested_at + interval '30 days'),
  CONSTRAINT cancelled_has_time CHECK ((status = 'cancelled') = (cancelled_at IS NOT NULL)),
  CONSTRAINT purging_has_time CHECK (status NOT IN ('purging', 'done') OR started_at IS NOT NULL),
  CONSTRAINT done_is_proven CHECK ((status = 'done') = (erased_at IS NOT NULL AND outcome IS NOT NULL AND certificate_sha256 IS NOT NULL))
);
CREATE INDEX idx_erasures_user ON erasures(user_id);
CREATE UNIQUE INDEX one_erasure_at_a_time ON erasures(user_id) WHERE status IN ('waiting', 'purging');
-- What the purge walks.
CREATE INDEX idx_erasures_due ON erasures(cancellable_until) WHERE status IN ('waiting', 'purging');

GRANT SELECT, INSERT (erasure_id, user_id, public_writing, cancellable_until), UPDATE (status, cancelled_at) ON erasures TO app_user;
GRANT SELECT, INSERT, UPDATE ON erasures TO app_worker;
ALTER TABLE erasures ENABLE ROW LEVEL SECURITY;
CREATE POLICY erasures_read ON erasures FOR SELECT TO app_user USING (user_id = (SELECT actor_id()));
CREATE POLICY erasures_add ON erasures FOR INSERT TO app_user WITH CHECK (user_id = (SELECT actor_id()));
-- Taking it back is all that a person may change, and only while there is time.
CREATE POLICY erasures_change ON erasures FOR UPDATE TO app_user
  USING (user_id = (SELECT actor_id()) AND status = 'waiting' AND cancellable_until > now())
  WITH CHECK (user_id = (SELECT actor_id()) AND status = 'cancelled');
CREATE POLICY erasures_jobs ON erasures TO app_worker USING (true) WITH CHECK (true);

-- Consents are only ever added, until the person is erased with them.
GRANT DELETE ON user_consents TO app_worker;

-- Who is leaving is still known to the sign-in: the right password leads to the way back, and the address is not free yet.
CREATE OR REPLACE FUNCTION auth_lookup(login text, device bytea DEFAULT NULL) RETURNS TABLE (
  user_id uuid, password_hash varchar, status varchar, failed_login_attempts int, locked_until timestamptz,
  two_factor_enabled boolean, known_device boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT u.user_id, u.password_hash, account_status(u.user_id, u.status), u.failed_login_attempts, u.locked_until, coalesce(u.two_factor_enabled, false),
    EXISTS (SELECT FROM known_devices d WHERE d.user_id = u.user_id AND d.device_hash = device)
  FROM (
    SELECT * FROM users WHERE erased_at IS NULL AND email = lower(login)
    UNION ALL
    SELECT * FROM users WHERE erased_at IS NULL AND lower(username) = lower(login) AND position('@' IN login) = 0
    LIMIT 1) u
$$;

-- Jobs that wait for somebody who is erased. The payloads are graphile-worker's own table.
CREATE FUNCTION drop_jobs_of(person uuid) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  dropped int;
BEGIN
  DELETE FROM graphile_worker._private_jobs
  WHERE payload ->> 'user_id' = person::text AND locked_at IS NULL;
  GET DIAGNOSTICS dropped = ROW_COUNT;
  RETURN dropped;
END
$$;
REVOKE ALL ON FUNCTION drop_jobs_of(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION drop_jobs_of(uuid) TO app_worker;
