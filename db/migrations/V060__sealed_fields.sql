-- Why: the keys that seal personal values and index them are changed while the platform runs (R19). A cipher is written anew
-- in its place; a blind index has a second column for the next key, so that who is looked up is found under either. An
-- order's address is kept sealed like a phone number. Expands: calls of before, which name no second index, still work.
-- Locks: users, phone_verifications, outgoing_messages and orders for an instant each: columns without a default, a trigger.

ALTER TABLE users ADD COLUMN phone_index_next BYTEA;
ALTER TABLE phone_verifications ADD COLUMN phone_index_next BYTEA;
ALTER TABLE outgoing_messages ADD COLUMN recipient_index_next BYTEA;
-- Whoever forgets a number forgets both.
ALTER TABLE users ADD CONSTRAINT phone_indexes_go_together CHECK (phone_index IS NOT NULL OR phone_index_next IS NULL) NOT VALID;
ALTER TABLE users VALIDATE CONSTRAINT phone_indexes_go_together;

-- The text of a JSON string: what the field cipher made of the address. Nobody has written any before.
ALTER TABLE orders ADD CONSTRAINT sealed_shipping_address CHECK (jsonb_typeof(shipping_address) = 'string') NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT sealed_shipping_address;

-- The same number under another key is no edit; a number that changes shows in phone_number and phone_verified.
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON users FOR EACH ROW
  EXECUTE FUNCTION touch_updated_at('last_login', 'failed_login_attempts', 'locked_until', 'totp_last_step',
    'phone_cipher', 'phone_index', 'phone_index_next', 'two_factor_secret');

-- ============================================================================
-- Phone numbers: found under either key
-- ============================================================================
DROP FUNCTION request_phone(text, bytea, bytea);
CREATE FUNCTION request_phone(masked text, cipher bytea, index bytea, next bytea DEFAULT NULL) RETURNS uuid
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  INSERT INTO phone_verifications (user_id, phone_number, phone_cipher, phone_index, phone_index_next)
  SELECT actor_id(), masked, cipher, index, next WHERE actor_id() IS NOT NULL
  ON CONFLICT (user_id) DO UPDATE SET verification_id = uuid_v7(), phone_number = excluded.phone_number,
    phone_cipher = excluded.phone_cipher, phone_index = excluded.phone_index, phone_index_next = excluded.phone_index_next,
    code_hash = NULL, code_expires_at = NULL, attempts = 0, created_at = now()
  RETURNING verification_id
$$;

-- As before; a number is the same one where any of its two indexes is any of the other's two. Hashes under two keys never
-- meet, and while keys change each process writes one that all others know, so that two people who prove one number
-- at once wait for each other on that lock; in one order, so that neither waits for ever.
CREATE OR REPLACE FUNCTION verify_phone(candidate bytea) RETURNS TABLE (verified boolean, released uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  tried phone_verifications;
  known bytea[];
  one bytea;
BEGIN
  UPDATE phone_verifications v SET attempts = v.attempts + 1
  WHERE v.user_id = actor_id() AND v.attempts < 5 AND v.code_expires_at > now()
  RETURNING * INTO tried;
  IF tried.code_hash IS DISTINCT FROM candidate OR candidate IS NULL THEN
    RETURN QUERY SELECT false, NULL::uuid;
    RETURN;
  END IF;
  DELETE FROM phone_verifications v WHERE v.user_id = tried.user_id;
  known := array_remove(ARRAY[tried.phone_index, tried.phone_index_next], NULL);
  FOR one IN SELECT k FROM unnest(known) k ORDER BY k LOOP
    PERFORM pg_advisory_xact_lock(hashtextextended('phone ' || encode(one, 'hex'), 0));
  END LOOP;
  UPDATE users u
  SET phone_number = NULL, phone_cipher = NULL, phone_index = NULL, phone_index_next = NULL, phone_verified = false
  WHERE u.user_id IN (
      SELECT h.user_id FROM users h WHERE h.phone_index = ANY (known)
      UNION ALL SELECT h.user_id FROM users h WHERE h.phone_index_next = ANY (known))
    AND u.user_id <> tried.user_id
  RETURNING u.user_id INTO released;
  UPDATE users u SET phone_number = tried.phone_number, phone_cipher = tried.phone_cipher, phone_index = tried.phone_index,
    phone_index_next = tried.phone_index_next, phone_verified = true
  WHERE u.user_id = tried.user_id;
  verified := true;
  RETURN NEXT;
END
$$;
GRANT EXECUTE ON FUNCTION request_phone(text, bytea, bytea, bytea) TO app_user;

-- ============================================================================
-- Messages: what an address has had counts on under the next key
-- ============================================================================
DROP FUNCTION queue_message(text, text, text, uuid, text, bytea, bytea, jsonb, text);
DROP FUNCTION message_is_over_ceiling(text, text, text, uuid, bytea);

CREATE FUNCTION message_is_over_ceiling(via text, name text, cause text, person uuid, addresses bytea[]) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM (VALUES
      ('email', 'anyone', 5, 20, 10, 30),
      ('email', 'account', 10, 40, NULL, NULL),
      ('sms', 'anyone', 3, 8, 5, 10),
      ('sms', 'account', 5, 20, NULL, NULL)
    ) AS most(channel, caused_by, an_hour, a_day, an_hour_by_account, a_day_by_account)
    CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE m.created_at > now() - interval '1 hour') AS an_hour, count(*) AS a_day
      FROM outgoing_messages m
      WHERE (m.recipient_index = ANY (addresses) OR m.recipient_index_next = ANY (addresses))
        AND m.created_at > now() - interval '1 day' AND m.channel = via
        AND m.caused_by = cause AND (cause = 'anyone' OR m.template = name)
    ) AS address_had
    CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE m.created_at > now() - interval '1 hour') AS an_hour, count(*) AS a_day
      FROM outgoing_messages m
      WHERE m.user_id = person AND m.created_at > now() - interval '1 day'
        AND m.channel = via AND m.caused_by = 'anyone' AND cause = 'anyone'
    ) AS account_had
    WHERE most.channel = via AND most.caused_by = cause AND (
      address_had.an_hour >= most.an_hour OR address_had.a_day >= most.a_day
      OR account_had.an_hour >= most.an_hour_by_account OR account_had.a_day >= most.a_day_by_account))
$$;

CREATE FUNCTION queue_message(via text, name text, cause text, person uuid, lang text, address_cipher bytea, address bytea,
  details jsonb, dedupe text, address_next bytea DEFAULT NULL) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  id uuid;
  settings record;
  addresses CONSTANT bytea[] := array_remove(ARRAY[address, address_next], NULL);
  one bytea;
BEGIN
  FOR one IN SELECT a FROM unnest(addresses) a ORDER BY a LOOP
    PERFORM pg_advisory_xact_lock(hashtextextended('message to ' || encode(one, 'hex'), 0));
  END LOOP;
  IF person IS NOT NULL THEN
    PERFORM pg_advisory_xact_lock(hashtextextended('message of ' || person, 0));
  END IF;
  SELECT m.message_id INTO id FROM outgoing_messages m WHERE m.dedupe_key = dedupe;
  IF id IS NOT NULL THEN RETURN id; END IF;
  IF message_is_over_ceiling(via, name, cause, person, addresses) THEN RETURN NULL; END IF;

  SELECT s.language, s.timezone INTO settings FROM user_settings s WHERE s.user_id = person;
  INSERT INTO outgoing_messages (channel, template, caused_by, user_id, language, timezone, recipient_cipher,
    recipient_index, recipient_index_next, params, dedupe_key)
  VALUES (via, name, cause, person, coalesce(lang, settings.language, 'en'), coalesce(settings.timezone, 'UTC'),
    address_cipher, address, address_next, details, dedupe)
  ON CONFLICT (dedupe_key) DO NOTHING
  RETURNING message_id INTO id;
  -- The same key for another address, at the same moment: the first one's id.
  IF id IS NULL THEN
    SELECT m.message_id INTO id FROM outgoing_messages m WHERE m.dedupe_key = dedupe;
    RETURN id;
  END IF;
  PERFORM enqueue('platform.send_message.v1', json_build_object('message_id', id));
  RETURN id;
END
$$;
GRANT EXECUTE ON FUNCTION queue_message(text, text, text, uuid, text, bytea, bytea, jsonb, text, bytea) TO app_user, app_worker;
