-- Why: SMS cost money; what they may cost in a month is reserved before each one leaves, and cannot be overrun. Expands.
-- Locks: audit_alerts against everybody for the moment in which its list of kinds is replaced.

-- One row a month (UTC). In minor units of the currency that the gateway bills in (SMS_CURRENCY).
CREATE TABLE sms_months (
  month DATE PRIMARY KEY,
  spent_minor BIGINT NOT NULL DEFAULT 0, -- reserved and settled
  told_percent SMALLINT NOT NULL DEFAULT 0, -- up to where staff have been told
  CONSTRAINT not_negative CHECK (spent_minor >= 0),
  CONSTRAINT told_steps CHECK (told_percent IN (0, 80, 100))
);

-- One row a try. A reservation whose outcome nobody knows stays: the gateway may have taken the message.
CREATE TABLE sms_charges (
  charge_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  message_id UUID NOT NULL,
  month DATE NOT NULL REFERENCES sms_months(month),
  purpose VARCHAR(10) NOT NULL,
  segments SMALLINT NOT NULL,
  reserved_minor BIGINT NOT NULL,
  settled_minor BIGINT,
  state VARCHAR(10) NOT NULL DEFAULT 'reserved',
  gateway_id VARCHAR(100) UNIQUE, -- the gateway's own, by which it reports
  report VARCHAR(30), -- what it reported last: Success, Failed …
  reported_at TIMESTAMPTZ,
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  CONSTRAINT known_purpose CHECK (purpose IN ('code', 'notice')),
  CONSTRAINT known_state CHECK (state IN ('reserved', 'settled', 'released')),
  CONSTRAINT settled_has_cost CHECK ((state = 'settled') = (settled_minor IS NOT NULL)),
  CONSTRAINT sane_amounts CHECK (segments > 0 AND reserved_minor >= 0 AND settled_minor >= 0)
);
CREATE INDEX idx_sms_charges_message ON sms_charges(message_id);
CREATE INDEX idx_sms_charges_month ON sms_charges(month);
CREATE INDEX idx_sms_charges_created_at ON sms_charges(created_at);

-- The gateway's word on a message, from its callback, where nobody is signed in. What was delivered stays delivered, however often
-- and in whatever order reports come. False for a message that we know nothing of.
CREATE FUNCTION note_sms_report(gateway text, word text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE sms_charges SET report = word, reported_at = now()
  WHERE gateway_id = gateway AND report IS DISTINCT FROM 'Success' AND report IS DISTINCT FROM word;
  RETURN FOUND OR EXISTS (SELECT FROM sms_charges WHERE gateway_id = gateway);
END
$$;
REVOKE EXECUTE ON FUNCTION note_sms_report(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION note_sms_report(text, text) TO app_user;

ALTER TABLE audit_alerts DROP CONSTRAINT known_kind;
ALTER TABLE audit_alerts ADD CONSTRAINT known_kind
  CHECK (kind IN ('failed_sign_ins', 'bulk_export', 'money_volume', 'role_change', 'schema_change', 'sms_budget')) NOT VALID;
ALTER TABLE audit_alerts VALIDATE CONSTRAINT known_kind;

GRANT SELECT ON sms_months, sms_charges TO app_user;
GRANT SELECT, INSERT, UPDATE, DELETE ON sms_months, sms_charges TO app_worker;
ALTER TABLE sms_months ENABLE ROW LEVEL SECURITY;
CREATE POLICY sms_months_read ON sms_months FOR SELECT TO app_user USING ((SELECT actor_is_staff()));
CREATE POLICY sms_months_jobs ON sms_months TO app_worker USING (true) WITH CHECK (true);
ALTER TABLE sms_charges ENABLE ROW LEVEL SECURITY;
CREATE POLICY sms_charges_read ON sms_charges FOR SELECT TO app_user USING ((SELECT actor_is_staff()));
CREATE POLICY sms_charges_jobs ON sms_charges TO app_worker USING (true) WITH CHECK (true);
