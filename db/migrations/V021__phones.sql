-- Why: a phone number is somebody's once a code that was sent to it came back.
-- Locks: users against writes for the moment in which the foreign key is added to an empty table.

-- ============================================================================
-- PHONE_VERIFICATIONS: the number that someone wants to prove, one at a time. users.phone_* hold proven numbers alone.
-- ============================================================================
CREATE TABLE phone_verifications (
  user_id UUID PRIMARY KEY REFERENCES users(user_id) ON DELETE CASCADE,
  verification_id UUID NOT NULL DEFAULT uuid_v7(), -- anew with each request: an older message finds nothing to make a code for
  phone_number VARCHAR(50) NOT NULL, -- masked, for display
  phone_cipher BYTEA NOT NULL,
  phone_index BYTEA NOT NULL,
  code_hash BYTEA, -- keyed; NULL until the message is sent, which is when the code is made
  code_expires_at TIMESTAMPTZ,
  attempts INT NOT NULL DEFAULT 0,
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  CONSTRAINT code_expires CHECK ((code_hash IS NULL) = (code_expires_at IS NULL)),
  CONSTRAINT few_attempts CHECK (attempts BETWEEN 0 AND 5)
);
CREATE UNIQUE INDEX idx_phone_verifications_id ON phone_verifications(verification_id);
CREATE INDEX idx_phone_verifications_created_at ON phone_verifications(created_at);

-- The actor wants to prove this number, in the place of any other that was waiting. Says nothing of who has it now.
CREATE FUNCTION request_phone(masked text, cipher bytea, index bytea) RETURNS uuid
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  INSERT INTO phone_verifications (user_id, phone_number, phone_cipher, phone_index)
  SELECT actor_id(), masked, cipher, index WHERE actor_id() IS NOT NULL
  ON CONFLICT (user_id) DO UPDATE SET verification_id = uuid_v7(), phone_number = excluded.phone_number,
    phone_cipher = excluded.phone_cipher, phone_index = excluded.phone_index,
    code_hash = NULL, code_expires_at = NULL, attempts = 0, created_at = now()
  RETURNING verification_id
$$;

-- One try of the actor's: counted, five at most, whatever comes of it. A code that is right works once, and makes the
-- number theirs. Who had it before has it no more (`released`): operators give numbers to others, and whoever reads its
-- messages now is its holder.
-- The row's lock lets tries at once count one after the other; the number's, two people who prove it at once.
CREATE FUNCTION verify_phone(candidate bytea) RETURNS TABLE (verified boolean, released uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  tried phone_verifications;
BEGIN
  UPDATE phone_verifications v SET attempts = v.attempts + 1
  WHERE v.user_id = actor_id() AND v.attempts < 5 AND v.code_expires_at > now()
  RETURNING * INTO tried;
  IF tried.code_hash IS DISTINCT FROM candidate OR candidate IS NULL THEN
    RETURN QUERY SELECT false, NULL::uuid;
    RETURN;
  END IF;
  DELETE FROM phone_verifications v WHERE v.user_id = tried.user_id;
  PERFORM pg_advisory_xact_lock(hashtextextended('phone ' || encode(tried.phone_index, 'hex'), 0));
  UPDATE users u SET phone_number = NULL, phone_cipher = NULL, phone_index = NULL, phone_verified = false
  WHERE u.phone_index = tried.phone_index AND u.user_id <> tried.user_id
  RETURNING u.user_id INTO released;
  UPDATE users u SET phone_number = tried.phone_number, phone_cipher = tried.phone_cipher, phone_index = tried.phone_index,
    phone_verified = true
  WHERE u.user_id = tried.user_id;
  verified := true;
  RETURN NEXT;
END
$$;

-- The sealed number of whoever lets the actor see it: the view `people` decides, by show_phone, visibility and staff's
-- duties, and shows it masked; the application alone can open this.
CREATE FUNCTION readable_phone(person uuid) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT u.phone_cipher FROM users u JOIN people p USING (user_id)
  WHERE u.user_id = person AND p.phone_number IS NOT NULL AND actor_id() IS NOT NULL
$$;

GRANT EXECUTE ON FUNCTION request_phone(text, bytea, bytea), verify_phone(bytea), readable_phone(uuid) TO app_user;

-- Codes are made by the job that sends them, and by nobody else: a fault in the application cannot make itself one.
GRANT SELECT (user_id, verification_id, phone_number, attempts, code_expires_at, created_at), DELETE ON phone_verifications TO app_user;
GRANT SELECT, UPDATE, DELETE ON phone_verifications TO app_worker;
ALTER TABLE phone_verifications ENABLE ROW LEVEL SECURITY;
CREATE POLICY phone_verifications_read ON phone_verifications FOR SELECT TO app_user USING (user_id = (SELECT actor_id()));
CREATE POLICY phone_verifications_remove ON phone_verifications FOR DELETE TO app_user USING (user_id = (SELECT actor_id()));
CREATE POLICY phone_verifications_jobs ON phone_verifications TO app_worker USING (true) WITH CHECK (true);
