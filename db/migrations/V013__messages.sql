-- Why: what leaves the platform to a person, mail and SMS, waits here, added in the transaction of its cause, until it is accepted.
-- Locks: users against writes for the moment in which the foreign key is added to an empty table.

-- ============================================================================
-- OUTGOING_MESSAGES: one row a message, for thirty days. What is secret in it (links, codes) is made when it is sent.
-- ============================================================================
CREATE TABLE outgoing_messages (
  message_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  channel VARCHAR(10) NOT NULL,
  template VARCHAR(60) NOT NULL,
  caused_by VARCHAR(10) NOT NULL, -- anyone: whoever types the address; account: its holder or staff
  user_id UUID REFERENCES users(user_id) ON DELETE CASCADE,
  language VARCHAR(10) NOT NULL,
  timezone VARCHAR(50) NOT NULL,
  recipient_cipher BYTEA, -- the address, sealed (R19); gone once it is sent
  recipient_index BYTEA NOT NULL, -- keyed blind index of the address, by which the ceilings count
  params JSONB NOT NULL DEFAULT '{}', -- ids and small values; never a token or a code
  dedupe_key VARCHAR(200) UNIQUE,
  status VARCHAR(20) NOT NULL DEFAULT 'queued',
  attempts INT NOT NULL DEFAULT 0,
  last_error VARCHAR(60), -- a code, never what the other side wrote
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  sent_at TIMESTAMPTZ,

  CONSTRAINT valid_channel CHECK (channel IN ('email', 'sms')),
  CONSTRAINT valid_cause CHECK (caused_by IN ('anyone', 'account')),
  CONSTRAINT valid_language CHECK (language IN ('en', 'sw', 'fr')),
  CONSTRAINT valid_status CHECK (status IN ('queued', 'sent', 'failed', 'suppressed')),
  CONSTRAINT sent_has_time CHECK ((status = 'sent') = (sent_at IS NOT NULL)),
  CONSTRAINT queued_has_recipient CHECK (status <> 'queued' OR recipient_cipher IS NOT NULL),
  CONSTRAINT small_params CHECK (jsonb_typeof(params) = 'object' AND length(params::text) <= 4000)
);

CREATE INDEX idx_outgoing_messages_recipient ON outgoing_messages(recipient_index, created_at);
CREATE INDEX idx_outgoing_messages_user ON outgoing_messages(user_id, created_at) WHERE user_id IS NOT NULL;
CREATE INDEX idx_outgoing_messages_created_at ON outgoing_messages(created_at);

-- No endpoint may be used to bomb an address: the ceilings stand here, below every endpoint. What anyone may cause counts
-- over all templates, and against the account that causes it too, so that one account cannot write to many addresses.
-- What an account's own doings cause counts a template at a time, so that a flood of one notice hides no other.
CREATE FUNCTION message_is_over_ceiling(via text, name text, cause text, person uuid, address bytea) RETURNS boolean
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
      WHERE m.recipient_index = address AND m.created_at > now() - interval '1 day'
        AND m.channel = via AND m.caused_by = cause AND (cause = 'anyone' OR m.template = name)
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

-- Adds a message and the job that sends it, with the owner's rights: who registers or has lost a password is nobody yet.
-- Returns the id; that of the first with this dedupe key; NULL, and nothing is kept, above the ceiling.
-- The locks, held until the commit, let the messages of one address and of one account count one after the other. They
-- count right under READ COMMITTED, where each statement sees what was committed before it, and under SERIALIZABLE.
CREATE FUNCTION queue_message(
  via text, name text, cause text, person uuid, lang text, address_cipher bytea, address bytea, details jsonb, dedupe text
) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  id uuid;
  settings record;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('message to ' || encode(address, 'hex'), 0));
  IF person IS NOT NULL THEN
    PERFORM pg_advisory_xact_lock(hashtextextended('message of ' || person, 0));
  END IF;
  SELECT m.message_id INTO id FROM outgoing_messages m WHERE m.dedupe_key = dedupe;
  IF id IS NOT NULL THEN RETURN id; END IF;
  IF message_is_over_ceiling(via, name, cause, person, address) THEN RETURN NULL; END IF;

  SELECT s.language, s.timezone INTO settings FROM user_settings s WHERE s.user_id = person;
  INSERT INTO outgoing_messages
    (channel, template, caused_by, user_id, language, timezone, recipient_cipher, recipient_index, params, dedupe_key)
  VALUES (via, name, cause, person, coalesce(lang, settings.language, 'en'), coalesce(settings.timezone, 'UTC'),
    address_cipher, address, details, dedupe)
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

GRANT EXECUTE ON FUNCTION queue_message(text, text, text, uuid, text, bytea, bytea, jsonb, text) TO app_user, app_worker;

-- Read and sent by jobs alone; nobody reads what others are told, nor their own.
GRANT SELECT, UPDATE, DELETE ON outgoing_messages TO app_worker;
ALTER TABLE outgoing_messages ENABLE ROW LEVEL SECURITY;
CREATE POLICY outgoing_messages_jobs ON outgoing_messages TO app_worker USING (true) WITH CHECK (true);
