-- Why: who agreed to an older version of the terms is asked again, and their account says so (R9); and when personal data got into
-- wrong hands, the register keeps what is known, the 72 hours of the law, and whom it concerns (GDPR 33 and 34). Expands.
-- Locks: user_consents for the moment of a constraint; the tables are new.

-- ============================================================================
-- Consents: three purposes, and P1 says which of them waits for its person
-- ============================================================================
ALTER TABLE user_consents ADD CONSTRAINT valid_purpose CHECK (purpose IN ('terms', 'privacy', 'marketing')) NOT VALID;
ALTER TABLE user_consents VALIDATE CONSTRAINT valid_purpose;

-- As before, and what of the terms and the notice must be accepted again: a version that came after the account, or after the
-- one that was accepted.
CREATE OR REPLACE FUNCTION read_me(reader uuid)
 RETURNS text
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $$
BEGIN
  RETURN (
    SELECT row_to_json(me)::text
    FROM (
      SELECT
        u.user_id, u.email, u.email_verified, u.username, u.full_name, u.phone_number, u.phone_verified,
        u.two_factor_enabled, u.status, u.last_login, u.created_at,
        held.roles, held.roles_change_at,
        (SELECT membership
         FROM (SELECT m.tier, m.status, m.billing_cycle, m.current_period_end, m.auto_renew FROM subscriptions m
               WHERE m.user_id = reader AND m.status IN ('active', 'past_due', 'suspended')) membership) AS subscription,
        (SELECT profile
         FROM (SELECT p.brand_name, p.tagline, p.bio, p.mission_statement, p.occupation, p.industry, p.years_experience,
                 p.location, p.show_email, p.show_phone, p.social_links, p.skills, p.certifications,
                 money_json(p.hourly_rate, p.currency) AS hourly_rate, p.availability_status, p.coaching_specialties,
                 p.session_count, p.rating_average, p.rating_count, p.profile_photo_url, p.cover_photo_url,
                 p.portfolio_urls, p.profile_completion_percent, p.post_count, p.follower_count, p.following_count,
                 p.updated_at) profile) AS profile,
        (SELECT settings
         FROM (SELECT s.language, s.timezone, s.currency, s.profile_visibility, s.theme) settings) AS settings,
        (SELECT coalesce(json_agg(d.document ORDER BY d.document), '[]'::json)
         FROM (SELECT DISTINCT ON (l.document) l.document, l.version, l.effective_from FROM legal_documents l
               WHERE l.effective_from <= now() ORDER BY l.document, l.effective_from DESC) d
         WHERE NOT EXISTS (SELECT FROM user_consents c WHERE c.user_id = reader AND c.purpose = d.document
                 AND c.version = d.version AND c.granted)
           AND (d.effective_from > u.created_at
             OR EXISTS (SELECT FROM user_consents c WHERE c.user_id = reader AND c.purpose = d.document))) AS must_accept
      FROM users u
      LEFT JOIN user_profiles p ON p.user_id = u.user_id
      LEFT JOIN user_settings s ON s.user_id = u.user_id
      CROSS JOIN LATERAL (
        SELECT
          coalesce(json_agg(json_build_object('role_name', role_name, 'expires_at', expires_at)) FILTER (WHERE has_begun),
            '[]'::json) AS roles,
          min(CASE WHEN has_begun THEN expires_at ELSE valid_from END) AS roles_change_at
        FROM (SELECT r.role_name, r.valid_from, r.expires_at, r.valid_from <= now() AS has_begun FROM user_roles r
              WHERE r.user_id = reader AND r.revoked_at IS NULL AND (r.expires_at IS NULL OR r.expires_at > now())
              ORDER BY r.role_name) grants
      ) held
      WHERE u.user_id = reader AND u.status = 'active'
    ) me);
END
$$;

-- ============================================================================
-- DATA_BREACHES: the register. The clock is the database's.
-- ============================================================================
CREATE TABLE data_breaches (
  breach_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  title VARCHAR(200) NOT NULL,
  severity VARCHAR(10) NOT NULL,
  status VARCHAR(10) NOT NULL DEFAULT 'open',
  discovered_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  authority_due_at TIMESTAMPTZ NOT NULL, -- 72 hours after it was discovered
  facts TEXT NOT NULL, -- what happened, to which data
  consequences TEXT,
  measures TEXT,
  notice JSONB, -- what those whom it concerns are told: { en, sw, fr }
  authority_told_at TIMESTAMPTZ,
  authority_note TEXT, -- its number there; or why it was told late, or need not be
  people_told_at TIMESTAMPTZ,
  recorded_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  recorded_by UUID REFERENCES users(user_id) ON DELETE SET NULL,
  closed_at TIMESTAMPTZ,
  deadline_told_at TIMESTAMPTZ, -- staff were reminded a day ahead
  overdue_told_at TIMESTAMPTZ,

  CONSTRAINT valid_severity CHECK (severity IN ('low', 'medium', 'high', 'critical')),
  CONSTRAINT valid_status CHECK (status IN ('open', 'contained', 'closed')),
  CONSTRAINT closed_has_time CHECK ((status = 'closed') = (closed_at IS NOT NULL)),
  CONSTRAINT closed_is_answered CHECK (status <> 'closed' OR authority_told_at IS NOT NULL OR authority_note IS NOT NULL),
  CONSTRAINT told_with_words CHECK (people_told_at IS NULL OR notice IS NOT NULL),
  CONSTRAINT bounded_texts CHECK (length(facts) <= 10000 AND length(consequences) <= 10000 AND length(measures) <= 10000
    AND length(authority_note) <= 2000 AND octet_length(notice::text) <= 10000)
);
CREATE INDEX idx_data_breaches_discovered ON data_breaches(discovered_at DESC, breach_id DESC);
CREATE INDEX idx_data_breaches_due ON data_breaches(authority_due_at) WHERE authority_told_at IS NULL AND status <> 'closed';
CREATE INDEX idx_data_breaches_recorded_by ON data_breaches(recorded_by) WHERE recorded_by IS NOT NULL;

-- Whom it concerns; each is told once.
CREATE TABLE breach_people (
  breach_id UUID NOT NULL REFERENCES data_breaches(breach_id) ON DELETE CASCADE,
  user_id UUID NOT NULL REFERENCES users(user_id) ON DELETE CASCADE,
  added_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  told_at TIMESTAMPTZ,
  PRIMARY KEY (breach_id, user_id)
);
CREATE INDEX idx_breach_people_user ON breach_people(user_id);
CREATE INDEX idx_breach_people_waiting ON breach_people(breach_id, user_id) WHERE told_at IS NULL;

CREATE TABLE breach_events (
  event_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  breach_id UUID NOT NULL REFERENCES data_breaches(breach_id) ON DELETE CASCADE,
  event VARCHAR(20) NOT NULL,
  at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
  acted_by UUID REFERENCES users(user_id) ON DELETE SET NULL, -- NULL: the platform itself
  details JSONB NOT NULL DEFAULT '{}', -- what was written before, or how many people
  CONSTRAINT valid_event CHECK (event IN ('recorded', 'changed', 'people_added', 'authority_told', 'people_told', 'closed', 'reopened'))
);
CREATE INDEX idx_breach_events_breach ON breach_events(breach_id, event_id);
CREATE INDEX idx_breach_events_acted_by ON breach_events(acted_by) WHERE acted_by IS NOT NULL;

-- Who it was discovered by may say earlier times, never later ones; what was told stays told.
CREATE FUNCTION check_breach() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.recorded_at := now();
    NEW.discovered_at := least(NEW.discovered_at, now());
  ELSIF NEW.discovered_at > OLD.discovered_at OR (OLD.authority_told_at IS NOT NULL AND NEW.authority_told_at IS DISTINCT FROM OLD.authority_told_at)
      OR (OLD.people_told_at IS NOT NULL AND NEW.people_told_at IS DISTINCT FROM OLD.people_told_at) THEN
    RAISE check_violation USING MESSAGE = 'a clock that runs is not set back', TABLE = 'data_breaches', CONSTRAINT = 'clock_runs';
  END IF;
  NEW.authority_due_at := NEW.discovered_at + interval '72 hours';
  NEW.closed_at := CASE WHEN NEW.status = 'closed' THEN coalesce(NEW.closed_at, now()) END;
  RETURN NEW;
END
$$;
CREATE TRIGGER check_breach BEFORE INSERT OR UPDATE ON data_breaches FOR EACH ROW EXECUTE FUNCTION check_breach();

CREATE FUNCTION record_breach() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  before jsonb;
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO breach_events (breach_id, event, acted_by) VALUES (NEW.breach_id, 'recorded', actor_id());
    RETURN NULL;
  END IF;
  SELECT jsonb_object_agg(o.key, o.value) INTO before FROM jsonb_each(to_jsonb(OLD)) o
  WHERE o.key IN ('title', 'severity', 'status', 'discovered_at', 'facts', 'consequences', 'measures', 'notice', 'authority_note')
    AND o.value IS DISTINCT FROM to_jsonb(NEW)->o.key;
  INSERT INTO breach_events (breach_id, event, acted_by, details)
  SELECT NEW.breach_id, e, actor_id(), CASE e WHEN 'changed' THEN before ELSE '{}' END
  FROM unnest(array_remove(ARRAY[
    CASE WHEN before IS NOT NULL THEN 'changed' END,
    CASE WHEN NEW.authority_told_at IS NOT NULL AND OLD.authority_told_at IS NULL THEN 'authority_told' END,
    CASE WHEN NEW.people_told_at IS NOT NULL AND OLD.people_told_at IS NULL THEN 'people_told' END,
    CASE WHEN NEW.status = 'closed' AND OLD.status <> 'closed' THEN 'closed' END,
    CASE WHEN NEW.status <> 'closed' AND OLD.status = 'closed' THEN 'reopened' END], NULL)) e;
  RETURN NULL;
END
$$;
CREATE TRIGGER record_breach AFTER INSERT OR UPDATE ON data_breaches FOR EACH ROW EXECUTE FUNCTION record_breach();

CREATE FUNCTION record_breach_people() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO breach_events (breach_id, event, acted_by, details)
  SELECT breach_id, 'people_added', actor_id(), jsonb_build_object('people', count(*)) FROM added GROUP BY breach_id;
  RETURN NULL;
END
$$;
CREATE TRIGGER record_breach_people AFTER INSERT ON breach_people REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION record_breach_people();

GRANT SELECT, INSERT (breach_id, title, severity, discovered_at, facts, consequences, measures, notice, recorded_by),
  UPDATE (title, severity, status, discovered_at, facts, consequences, measures, notice, authority_told_at, authority_note, people_told_at)
  ON data_breaches TO app_user;
GRANT SELECT, UPDATE (deadline_told_at, overdue_told_at, recorded_by) ON data_breaches TO app_worker;
GRANT SELECT, INSERT (breach_id, user_id) ON breach_people TO app_user;
GRANT SELECT, UPDATE (told_at), DELETE ON breach_people TO app_worker;
GRANT SELECT ON breach_events TO app_user;
GRANT SELECT, UPDATE (acted_by) ON breach_events TO app_worker;

ALTER TABLE data_breaches ENABLE ROW LEVEL SECURITY;
CREATE POLICY data_breaches_read ON data_breaches FOR SELECT TO app_user USING ((SELECT actor_is_staff()));
CREATE POLICY data_breaches_add ON data_breaches FOR INSERT TO app_user
  WITH CHECK ((SELECT actor_is_staff()) AND recorded_by = (SELECT actor_id()));
CREATE POLICY data_breaches_change ON data_breaches FOR UPDATE TO app_user USING ((SELECT actor_is_staff()));
CREATE POLICY data_breaches_jobs ON data_breaches TO app_worker USING (true) WITH CHECK (true);
ALTER TABLE breach_people ENABLE ROW LEVEL SECURITY;
CREATE POLICY breach_people_read ON breach_people FOR SELECT TO app_user USING (user_id = (SELECT actor_id()) OR (SELECT actor_is_staff()));
CREATE POLICY breach_people_add ON breach_people FOR INSERT TO app_user WITH CHECK ((SELECT actor_is_staff()));
CREATE POLICY breach_people_jobs ON breach_people TO app_worker USING (true) WITH CHECK (true);
ALTER TABLE breach_events ENABLE ROW LEVEL SECURITY;
CREATE POLICY breach_events_read ON breach_events FOR SELECT TO app_user USING ((SELECT actor_is_staff()));
CREATE POLICY breach_events_jobs ON breach_events TO app_worker USING (true) WITH CHECK (true);
