-- Why: people sign in with passkeys (WebAuthn) and with accounts that they have elsewhere (OpenID Connect).
-- Locks: none on what is there but the short one that a foreign key to users takes. Expands.

-- ============================================================================
-- PASSKEYS: keys that a person's devices hold; here are the public halves
-- ============================================================================
CREATE TABLE passkeys (
  passkey_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  user_id UUID NOT NULL REFERENCES users(user_id) ON DELETE CASCADE,
  credential_id BYTEA NOT NULL UNIQUE, -- the device's name for the key
  public_key BYTEA NOT NULL, -- COSE
  sign_count BIGINT NOT NULL DEFAULT 0, -- only grows; 0 for good: the device does not count
  transports JSONB NOT NULL DEFAULT '[]', -- how a browser reaches the device: internal, usb, hybrid …
  name VARCHAR(100) NOT NULL,
  backed_up BOOLEAN NOT NULL, -- synced between devices: it outlives the one it was made on
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  last_used_at TIMESTAMPTZ,
  CONSTRAINT valid_credential_id CHECK (octet_length(credential_id) BETWEEN 1 AND 1023), -- WebAuthn, 7.1
  CONSTRAINT valid_sign_count CHECK (sign_count BETWEEN 0 AND 4294967295)
);
CREATE INDEX idx_passkeys_user ON passkeys(user_id, created_at);

-- ============================================================================
-- USER_IDENTITIES: who a person is at an OpenID provider
-- ============================================================================
CREATE TABLE user_identities (
  identity_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  user_id UUID NOT NULL REFERENCES users(user_id) ON DELETE CASCADE,
  provider VARCHAR(30) NOT NULL, -- its name in the configuration when it was linked
  issuer VARCHAR(255) NOT NULL,
  subject VARCHAR(255) NOT NULL, -- the person's id there, for good
  email VARCHAR(255), -- as the provider last told it: to tell two accounts there apart
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  last_used_at TIMESTAMPTZ,
  UNIQUE (issuer, subject)
);
CREATE INDEX idx_user_identities_user ON user_identities(user_id, created_at);

-- ============================================================================
-- An account keeps at least one way in. Of two ways that are removed at once the second waits for the first, and sees it gone.
-- ============================================================================
CREATE FUNCTION keep_a_way_in() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  person users%ROWTYPE;
BEGIN
  SELECT * INTO person FROM users u WHERE u.user_id = OLD.user_id AND u.status <> 'deleted' FOR NO KEY UPDATE;
  IF FOUND AND person.password_hash IS NULL
    AND NOT EXISTS (SELECT FROM passkeys k WHERE k.user_id = OLD.user_id)
    AND NOT EXISTS (SELECT FROM user_identities i WHERE i.user_id = OLD.user_id)
  THEN
    RAISE check_violation USING MESSAGE = 'the last way into an account', CONSTRAINT = 'keeps_a_way_in';
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER keep_a_way_in AFTER DELETE ON passkeys FOR EACH ROW EXECUTE FUNCTION keep_a_way_in();
CREATE TRIGGER keep_a_way_in AFTER DELETE ON user_identities FOR EACH ROW EXECUTE FUNCTION keep_a_way_in();

-- ============================================================================
-- Sign-in: the only reads for someone who has not proven who they are
-- ============================================================================
CREATE FUNCTION passkey_lookup(credential bytea) RETURNS TABLE (user_id uuid, status varchar)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT u.user_id, u.status FROM passkeys k JOIN users u USING (user_id)
  WHERE k.credential_id = credential AND u.status <> 'deleted'
$$;

-- Whose identity this is; else whose address is the one that the provider tells. At most one row.
CREATE FUNCTION identity_lookup(issuer text, subject text, address text)
RETURNS TABLE (user_id uuid, status varchar, email_verified boolean, two_factor_enabled boolean, linked boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT u.user_id, u.status, coalesce(u.email_verified, false), coalesce(u.two_factor_enabled, false), found.linked
  FROM (
    SELECT i.user_id, true AS linked FROM user_identities i
    WHERE i.issuer = identity_lookup.issuer AND i.subject = identity_lookup.subject
    UNION ALL
    SELECT a.user_id, false FROM users a WHERE a.email = lower(address)
  ) found JOIN users u USING (user_id)
  WHERE u.status <> 'deleted'
  ORDER BY found.linked DESC LIMIT 1
$$;

GRANT EXECUTE ON FUNCTION passkey_lookup(bytea), identity_lookup(text, text, text) TO app_user;

-- ============================================================================
-- Row security (R34). What was registered stays what it is: another key is another row.
-- ============================================================================
GRANT SELECT, INSERT, DELETE ON passkeys, user_identities TO app_user;
GRANT UPDATE (name, sign_count, backed_up, last_used_at) ON passkeys TO app_user;
GRANT UPDATE (email, last_used_at) ON user_identities TO app_user;
GRANT SELECT, INSERT, UPDATE, DELETE ON passkeys, user_identities TO app_worker;

ALTER TABLE passkeys ENABLE ROW LEVEL SECURITY;
CREATE POLICY passkeys_own ON passkeys TO app_user
  USING (user_id = (SELECT actor_id())) WITH CHECK (user_id = (SELECT actor_id()));
CREATE POLICY passkeys_jobs ON passkeys TO app_worker USING (true) WITH CHECK (true);

ALTER TABLE user_identities ENABLE ROW LEVEL SECURITY;
CREATE POLICY user_identities_own ON user_identities TO app_user
  USING (user_id = (SELECT actor_id())) WITH CHECK (user_id = (SELECT actor_id()));
CREATE POLICY user_identities_jobs ON user_identities TO app_worker USING (true) WITH CHECK (true);
