-- Why: who is leaving and signs in by a passkey or an account elsewhere is led to the way back, as by a password (V055).
-- Locks: none but each function's own, for an instant.
CREATE OR REPLACE FUNCTION passkey_lookup(credential bytea) RETURNS TABLE (user_id uuid, status varchar)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT u.user_id, u.status FROM passkeys k JOIN users u USING (user_id)
  WHERE k.credential_id = credential AND u.erased_at IS NULL
$$;

CREATE OR REPLACE FUNCTION identity_lookup(issuer text, subject text, address text)
RETURNS TABLE (user_id uuid, status varchar, email_verified boolean, two_factor_enabled boolean, linked boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT u.user_id, u.status, coalesce(u.email_verified, false), coalesce(u.two_factor_enabled, false), found.linked
  FROM (
    SELECT i.user_id, true AS linked FROM user_identities i
    WHERE i.issuer = identity_lookup.issuer AND i.subject = identity_lookup.subject
    UNION ALL
    SELECT a.user_id, false FROM users a WHERE a.email = lower(address)
  ) found JOIN users u USING (user_id)
  WHERE u.erased_at IS NULL
  ORDER BY found.linked DESC LIMIT 1
$$;
