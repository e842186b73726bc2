-- Why: an address that takes no mail is not written to again, and whose it is can see so and set it right. Expands.
-- Locks: users against writes for the moment in which two foreign keys are added to empty tables.

-- Which address of a person it is, is told by a keyed mark (6 bytes) and by nothing else: a new address has another mark, and starts clean.
CREATE TABLE mail_suppressions (
  user_id UUID NOT NULL REFERENCES users(user_id) ON DELETE CASCADE,
  address_mark BYTEA NOT NULL,
  reason VARCHAR(20) NOT NULL,
  status_code VARCHAR(11), -- RFC 3463: 5.1.1
  suppressed_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  lifted_at TIMESTAMPTZ, -- the person has shown that mail arrives
  PRIMARY KEY (user_id, address_mark),
  CONSTRAINT short_mark CHECK (length(address_mark) = 6),
  CONSTRAINT known_reason CHECK (reason IN ('gone', 'soft_bounces', 'complaint'))
);

-- What servers reported within a month; the report's hash takes one that comes twice for one.
CREATE TABLE mail_bounces (
  report_hash BYTEA PRIMARY KEY,
  user_id UUID NOT NULL REFERENCES users(user_id) ON DELETE CASCADE,
  address_mark BYTEA NOT NULL,
  is_gone BOOLEAN NOT NULL,
  status_code VARCHAR(11),
  bounced_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  CONSTRAINT short_mark CHECK (length(address_mark) = 6)
);
CREATE INDEX idx_mail_bounces_user ON mail_bounces(user_id, bounced_at);
CREATE INDEX idx_mail_bounces_bounced_at ON mail_bounces(bounced_at);

-- Counts a report; true once the address is suppressed by it. `sent_on`: a mail from before the address was proven again says
-- nothing new. The lock lets the reports of one person count one after the other.
CREATE FUNCTION note_mail_bounce(person uuid, mark bytea, gone boolean, why text, code text, sent_on date, report bytea, most int)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('mail bounces of ' || person, 0));
  INSERT INTO mail_bounces (report_hash, user_id, address_mark, is_gone, status_code)
  SELECT report, u.user_id, mark, gone, code FROM users u WHERE u.user_id = person
  ON CONFLICT (report_hash) DO NOTHING;
  IF NOT FOUND THEN RETURN false; END IF;
  IF NOT gone AND why <> 'complaint' AND (
    SELECT count(*) FROM mail_bounces b LEFT JOIN mail_suppressions s USING (user_id, address_mark)
    WHERE b.user_id = person AND b.address_mark = mark AND b.bounced_at > now() - interval '7 days'
      AND (s.lifted_at IS NULL OR b.bounced_at > s.lifted_at)) < most
  THEN RETURN false; END IF;
  INSERT INTO mail_suppressions AS s (user_id, address_mark, reason, status_code) VALUES (person, mark, why, code)
  ON CONFLICT (user_id, address_mark) DO UPDATE
    SET reason = excluded.reason, status_code = excluded.status_code, suppressed_at = now(), lifted_at = NULL
    WHERE s.lifted_at IS NOT NULL AND (s.lifted_at AT TIME ZONE 'UTC')::date < sent_on;
  RETURN FOUND;
END
$$;

-- True where there was something to lift. Called once the person has shown that a mail to this address reached them.
CREATE FUNCTION lift_mail_suppression(person uuid, mark bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE mail_suppressions SET lifted_at = now() WHERE user_id = person AND address_mark = mark AND lifted_at IS NULL;
  RETURN FOUND;
END
$$;

REVOKE EXECUTE ON FUNCTION note_mail_bounce(uuid, bytea, boolean, text, text, date, bytea, int), lift_mail_suppression(uuid, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION note_mail_bounce(uuid, bytea, boolean, text, text, date, bytea, int), lift_mail_suppression(uuid, bytea) TO app_user, app_worker;

GRANT SELECT ON mail_suppressions TO app_user;
GRANT SELECT, DELETE ON mail_suppressions, mail_bounces TO app_worker;
ALTER TABLE mail_suppressions ENABLE ROW LEVEL SECURITY;
CREATE POLICY mail_suppressions_read ON mail_suppressions FOR SELECT TO app_user
  USING (user_id = (SELECT actor_id()) OR (SELECT actor_is_staff()));
CREATE POLICY mail_suppressions_jobs ON mail_suppressions TO app_worker USING (true) WITH CHECK (true);
ALTER TABLE mail_bounces ENABLE ROW LEVEL SECURITY;
CREATE POLICY mail_bounces_jobs ON mail_bounces TO app_worker USING (true) WITH CHECK (true);
