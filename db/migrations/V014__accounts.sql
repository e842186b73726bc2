-- Why: accounts that prove who they are: verified addresses, second factors, sessions that know when they last proved it,
-- single-use tokens, devices that are known.
-- Locks: short ones on users and sessions (columns that may be empty, or with a constant default). Expands.

-- ============================================================================
-- SESSIONS: when a session's holder last proved who they are, how it is held, from where, and for whom somebody acts
-- ============================================================================
-- safe: the column is new and empty, so both tables are locked for an instant
ALTER TABLE sessions
  ADD COLUMN proven_at TIMESTAMPTZ, -- sign-in or step-up; NULL: never, as for who acts for somebody else
  ADD COLUMN kind VARCHAR(10) NOT NULL DEFAULT 'cookie', -- cookie: a browser's; token: a client's own
  ADD COLUMN country VARCHAR(2), -- as the trusted proxy told it
  ADD COLUMN impersonator_id UUID REFERENCES users(user_id) ON DELETE CASCADE, -- the super admin who acts as user_id
  ADD COLUMN impersonation_reason TEXT;

-- safe: constants hold for every row that is there, and the table is small (thirty days of sessions)
ALTER TABLE sessions
  ADD CONSTRAINT valid_kind CHECK (kind IN ('cookie', 'token')),
  ADD CONSTRAINT impersonation_is_explained CHECK ((impersonator_id IS NULL) = (impersonation_reason IS NULL)),
  ADD CONSTRAINT impersonation_proves_nothing CHECK (impersonator_id IS NULL OR proven_at IS NULL);

-- safe: no row has an impersonator yet
CREATE INDEX idx_sessions_impersonator ON sessions(impersonator_id) WHERE impersonator_id IS NOT NULL;

-- ============================================================================
-- USERS: the state of TOTP (RFC 6238). two_factor_secret is sealed by the application (R19); it counts once confirmed.
-- ============================================================================
ALTER TABLE users
  ADD COLUMN totp_confirmed_at TIMESTAMPTZ,
  ADD COLUMN totp_last_step BIGINT; -- the step of the last code that was taken: none is taken twice

-- safe: only adds names of columns whose change is no edit
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON users
  FOR EACH ROW EXECUTE FUNCTION touch_updated_at('last_login', 'failed_login_attempts', 'locked_until', 'totp_last_step');

-- ============================================================================
-- RECOVERY_CODES: what opens an account whose second factor is lost; each once
-- ============================================================================
CREATE TABLE recovery_codes (
  user_id UUID NOT NULL REFERENCES users(user_id) ON DELETE CASCADE,
  code_hash BYTEA NOT NULL, -- SHA-256: the codes are random, 120 bits
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  used_at TIMESTAMPTZ,
  PRIMARY KEY (user_id, code_hash)
);

-- ============================================================================
-- AUTH_TOKENS: whatever proves something once: links in mails, tickets between two steps of a sign-in, challenges.
-- Only the hash is kept; taking a token removes its row, so of two uses one wins.
-- ============================================================================
CREATE TABLE auth_tokens (
  token_hash BYTEA PRIMARY KEY, -- SHA-256 of 256 random bits
  purpose VARCHAR(40) NOT NULL,
  user_id UUID REFERENCES users(user_id) ON DELETE CASCADE, -- NULL: of nobody known yet
  data JSONB NOT NULL DEFAULT '{}',
  attempts INT NOT NULL DEFAULT 0,
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  expires_at TIMESTAMPTZ NOT NULL,
  CONSTRAINT expires_after_creation CHECK (expires_at > created_at)
);
CREATE INDEX idx_auth_tokens_user ON auth_tokens(user_id, purpose) WHERE user_id IS NOT NULL;
CREATE INDEX idx_auth_tokens_expires ON auth_tokens(expires_at);

-- What a mailbox proves is issued by the job that writes the mail, and by nobody else: a fault in the application cannot
-- make itself a link that opens an account.
CREATE FUNCTION auth_issue_token(hash bytea, purpose text, person uuid, data jsonb, seconds int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF purpose LIKE 'mail.%' AND session_user = 'app_user' THEN
    RAISE insufficient_privilege USING MESSAGE = 'tokens of mails are issued by jobs';
  END IF;
  INSERT INTO auth_tokens (token_hash, purpose, user_id, data, expires_at)
  VALUES (hash, purpose, person, data, now() + make_interval(secs => seconds));
END
$$;

-- Takes the token: its row goes, and says whose it was and what it carried. Nothing for one that is unknown, expired or taken.
CREATE FUNCTION auth_take_token(hash bytea, wanted text) RETURNS TABLE (user_id uuid, data jsonb)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DELETE FROM auth_tokens t WHERE t.token_hash = hash AND t.purpose = wanted AND t.expires_at > now()
  RETURNING t.user_id, t.data
$$;

-- For what may be guessed at beside the token (a code, a password): counts the try and leaves the token, `most` times.
CREATE FUNCTION auth_try_token(hash bytea, wanted text, most int) RETURNS TABLE (user_id uuid, data jsonb)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE auth_tokens t SET attempts = t.attempts + 1
  WHERE t.token_hash = hash AND t.purpose = wanted AND t.expires_at > now() AND t.attempts < most
  RETURNING t.user_id, t.data
$$;

-- Voids the tokens of these purposes of a person: their mailbox, password or factors have changed.
CREATE FUNCTION auth_void_tokens(person uuid, VARIADIC purposes text[]) RETURNS int
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH gone AS (DELETE FROM auth_tokens t WHERE t.user_id = person AND t.purpose = ANY (purposes) RETURNING 1)
  SELECT count(*)::int FROM gone
$$;

GRANT EXECUTE ON FUNCTION auth_issue_token(bytea, text, uuid, jsonb, int), auth_take_token(bytea, text),
  auth_try_token(bytea, text, int), auth_void_tokens(uuid, text[]) TO app_user, app_worker;

-- ============================================================================
-- KNOWN_DEVICES: where someone has signed in before. A lock-out after wrong passwords does not shut these out, and a
-- sign-in elsewhere is told by mail.
-- ============================================================================
CREATE TABLE known_devices (
  user_id UUID NOT NULL REFERENCES users(user_id) ON DELETE CASCADE,
  device_hash BYTEA NOT NULL, -- SHA-256 of the random id in the device's cookie
  first_seen TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  last_seen TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  PRIMARY KEY (user_id, device_hash)
);
CREATE INDEX idx_known_devices_seen ON known_devices(last_seen);

-- ============================================================================
-- Sign-in
-- ============================================================================
DROP FUNCTION auth_lookup(text);

-- By e-mail or username, regardless of case. At most one row, of people who may still sign in or learn why they may not.
CREATE FUNCTION auth_lookup(login text, device bytea DEFAULT NULL)
RETURNS TABLE (user_id uuid, password_hash varchar, status varchar, failed_login_attempts int, locked_until timestamptz,
  two_factor_enabled boolean, known_device boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT u.user_id, u.password_hash, u.status, u.failed_login_attempts, u.locked_until, coalesce(u.two_factor_enabled, false),
    EXISTS (SELECT FROM known_devices d WHERE d.user_id = u.user_id AND d.device_hash = device)
  FROM (
    SELECT * FROM users WHERE status <> 'deleted' AND email = lower(login)
    UNION ALL
    SELECT * FROM users WHERE status <> 'deleted' AND lower(username) = lower(login) AND position('@' IN login) = 0
    LIMIT 1) u
$$;
GRANT EXECUTE ON FUNCTION auth_lookup(text, bytea) TO app_user, app_worker;

DROP FUNCTION session_lookup(uuid);

-- The durable half of the session check: the row, who it belongs to, what it proved and when, and every grant that is or
-- will be in force, so that a cached answer still knows when a role begins and ends. Who acts for somebody else does so
-- for as long as they are a super admin.
CREATE FUNCTION session_lookup(id uuid)
RETURNS TABLE (user_id uuid, token_hash varchar, expires_at timestamptz, proven_at timestamptz, impersonator_id uuid,
  roles json)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT s.user_id, s.token_hash, s.expires_at, s.proven_at, s.impersonator_id,
    coalesce((
      SELECT json_agg(json_build_object('role', r.role_name, 'from', r.valid_from, 'until', r.expires_at) ORDER BY r.role_name)
      FROM user_roles r
      WHERE r.user_id = s.user_id AND r.revoked_at IS NULL AND (r.expires_at IS NULL OR r.expires_at > now())), '[]'::json)
  FROM sessions s JOIN users u USING (user_id)
  WHERE s.session_id = id AND s.expires_at > now() AND u.status = 'active'
    AND (s.impersonator_id IS NULL OR (has_role(s.impersonator_id, 'super_admin')
      AND EXISTS (SELECT FROM users i WHERE i.user_id = s.impersonator_id AND i.status = 'active')))
$$;
GRANT EXECUTE ON FUNCTION session_lookup(uuid) TO app_user;

-- ============================================================================
-- Row security (R34)
-- ============================================================================
GRANT SELECT, INSERT, UPDATE, DELETE ON recovery_codes, known_devices TO app_user, app_worker;
GRANT SELECT, INSERT, DELETE ON auth_tokens TO app_worker;

ALTER TABLE recovery_codes ENABLE ROW LEVEL SECURITY;
CREATE POLICY recovery_codes_own ON recovery_codes TO app_user
  USING (user_id = (SELECT actor_id())) WITH CHECK (user_id = (SELECT actor_id()));
CREATE POLICY recovery_codes_jobs ON recovery_codes TO app_worker USING (true) WITH CHECK (true);

ALTER TABLE known_devices ENABLE ROW LEVEL SECURITY;
CREATE POLICY known_devices_own ON known_devices TO app_user
  USING (user_id = (SELECT actor_id())) WITH CHECK (user_id = (SELECT actor_id()));
CREATE POLICY known_devices_jobs ON known_devices TO app_worker USING (true) WITH CHECK (true);

ALTER TABLE auth_tokens ENABLE ROW LEVEL SECURITY;
CREATE POLICY auth_tokens_jobs ON auth_tokens TO app_worker USING (true) WITH CHECK (true);
