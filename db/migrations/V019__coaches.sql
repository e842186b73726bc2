-- Why: becoming a coach and the coach's page: languages, how the ratings are spread, the next free day; settings of the
-- platform whose values alone change. Expands.
-- Locks: user_profiles and coach_availability for an instant: a nullable column, a trigger, a view that gains a column.

-- ============================================================================
-- COACHES: the view of P4, and what the page adds
-- ============================================================================
ALTER TABLE user_profiles ADD COLUMN coaching_languages JSONB; -- ["en", "sw", …]: BCP 47 primary subtags

CREATE OR REPLACE VIEW coaches AS
SELECT
  p.user_id, u.username, u.full_name, p.profile_photo_url, p.brand_name, p.tagline, p.bio, p.location, p.skills,
  p.coaching_specialties, p.certifications, p.hourly_rate, p.currency, p.availability_status,
  p.rating_average, p.rating_count, p.session_count, p.coaching_languages
FROM user_profiles p
JOIN users u ON u.user_id = p.user_id AND u.status = 'active'
LEFT JOIN user_settings s ON s.user_id = p.user_id
WHERE p.hourly_rate IS NOT NULL
  AND (
    SELECT true FROM user_roles r
    WHERE r.user_id = p.user_id AND r.role_name = 'coach' AND r.revoked_at IS NULL
      AND r.valid_from <= now() AND (r.expires_at IS NULL OR r.expires_at > now())
    LIMIT 1)
  AND (s.profile_visibility = 'public' OR s.profile_visibility IS NULL
    OR (s.profile_visibility = 'members_only' AND (SELECT actor_id()) IS NOT NULL));

-- How a coach's ratings are spread, those of private feedback included, as the average includes them: {"1": 0, …, "5": 12}.
CREATE FUNCTION coach_rating_distribution(coach uuid) RETURNS json
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT json_build_object(
    '1', count(*) FILTER (WHERE f.rating = 1), '2', count(*) FILTER (WHERE f.rating = 2),
    '3', count(*) FILTER (WHERE f.rating = 3), '4', count(*) FILTER (WHERE f.rating = 4),
    '5', count(*) FILTER (WHERE f.rating = 5))
  FROM session_feedback f WHERE f.coach_id = coach
$$;

-- The first hour that a coach has free from `moment` on, within sixty days: its day on the coach's own clock, and the zone
-- of that clock. No row: none. Nothing else of the calendar leaves: neither why a coach is away nor whom they meet.
-- Windows are wall time, so each is placed on the time line by itself: around a change of clocks one may be longer, shorter
-- or gone (an end before its beginning). Windows that touch are one. A person is in one place at a time (R13), so any
-- session takes its time whole. Five windows a week are some fifty ranges: 0.3 ms.
CREATE FUNCTION coach_next_free(coach uuid, moment timestamptz) RETURNS TABLE (day date, timezone text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH taken AS (
    SELECT tstzmultirange(tstzrange(NULL, moment)) + coalesce(range_agg(during), '{}') AS times
    FROM (
      SELECT tstzrange(b.blocked_from, b.blocked_until) AS during
      FROM coach_blocked_times b
      WHERE b.coach_id = coach AND b.blocked_until > moment
      UNION ALL
      SELECT tstzrange(s.scheduled_at, s.scheduled_at + make_interval(mins => s.duration_minutes))
      FROM coaching_sessions s
      WHERE s.coach_id = coach AND s.scheduled_at > moment - interval '1 day' AND s.duration_minutes > 0
        AND s.status IN ('scheduled', 'confirmed', 'in_progress')
    ) busy
  ), open AS (
    SELECT a.timezone, range_agg(tstzrange(begins, greatest(begins, ends))) AS times
    FROM coach_availability a
    CROSS JOIN LATERAL (SELECT (moment AT TIME ZONE a.timezone)::date + ahead AS day FROM generate_series(0, 60) ahead) date
    CROSS JOIN LATERAL (
      SELECT (date.day + a.start_time) AT TIME ZONE a.timezone AS begins, (date.day + a.end_time) AT TIME ZONE a.timezone AS ends
    ) placed
    WHERE a.coach_id = coach AND a.is_active AND extract(dow FROM date.day) = a.day_of_week
      AND date.day BETWEEN a.effective_from AND coalesce(a.effective_until, 'infinity')
    GROUP BY a.timezone
  )
  SELECT (lower(free) AT TIME ZONE open.timezone)::date, open.timezone::text
  FROM open, taken, unnest(open.times - taken.times) free
  WHERE upper(free) - lower(free) >= interval '1 hour'
  ORDER BY lower(free)
  LIMIT 1
$$;

GRANT EXECUTE ON FUNCTION coach_rating_distribution(uuid), coach_next_free(uuid, timestamptz) TO app_user, app_worker;

-- A zone that PostgreSQL does not know would fail every reader of the calendar: it fails its writer.
CREATE FUNCTION known_timezone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM now() AT TIME ZONE NEW.timezone;
  RETURN NEW;
END
$$;
CREATE TRIGGER known_timezone BEFORE INSERT OR UPDATE OF timezone ON coach_availability FOR EACH ROW EXECUTE FUNCTION known_timezone();

GRANT UPDATE (coaching_languages) ON user_profiles TO app_user;

-- ============================================================================
-- COACH_APPLICATIONS: who asks to become a coach, and what was decided. What was handed in does not change afterwards.
-- ============================================================================
CREATE TABLE coach_applications (
  application_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  user_id UUID NOT NULL REFERENCES users(user_id) ON DELETE CASCADE,
  motivation TEXT NOT NULL,
  experience TEXT NOT NULL,
  specialties JSONB NOT NULL, -- ["Pricing", …]
  languages JSONB NOT NULL, -- in which they would coach: ["en", "sw", …]
  links JSONB NOT NULL DEFAULT '[]', -- ["https://…", …]
  hourly_rate_minor BIGINT NOT NULL, -- what they would ask for
  currency VARCHAR(3) NOT NULL,
  status VARCHAR(20) NOT NULL DEFAULT 'submitted',
  submitted_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  reviewed_by UUID REFERENCES users(user_id) ON DELETE SET NULL,
  reviewed_at TIMESTAMPTZ,
  decision_note TEXT, -- for the applicant
  stands_until TIMESTAMPTZ NOT NULL DEFAULT 'infinity', -- until when it stands in the way of another one

  CONSTRAINT valid_status CHECK (status IN ('submitted', 'withdrawn', 'approved', 'rejected')),
  CONSTRAINT valid_lists CHECK (
    jsonb_typeof(specialties) = 'array' AND jsonb_typeof(languages) = 'array' AND jsonb_typeof(links) = 'array'),
  -- user_profiles.hourly_rate is DECIMAL(10,2)
  CONSTRAINT valid_rate CHECK (hourly_rate_minor > 0 AND hourly_rate_minor < 100000000 * 10 ^ currency_exponent(currency)),
  CONSTRAINT decided_has_time CHECK ((status IN ('approved', 'rejected')) = (reviewed_at IS NOT NULL)),
  CONSTRAINT decision_is_whole CHECK (reviewed_at IS NOT NULL OR (reviewed_by IS NULL AND decision_note IS NULL)),
  CONSTRAINT reviewed_after_submission CHECK (reviewed_at >= submitted_at),
  CONSTRAINT reviewed_by_another CHECK (reviewed_by <> user_id),
  -- One that is open stands in the way, and one that was rejected for thirty days, however many are handed in at once.
  CONSTRAINT one_application_at_a_time EXCLUDE USING gist (user_id WITH =, tstzrange(submitted_at, stands_until) WITH &&)
);

CREATE INDEX idx_coach_applications_user ON coach_applications(user_id, submitted_at DESC);
CREATE INDEX idx_coach_applications_status ON coach_applications(status, submitted_at, application_id);
CREATE INDEX idx_coach_applications_submitted ON coach_applications(submitted_at, application_id);
CREATE INDEX idx_coach_applications_reviewed_by ON coach_applications(reviewed_by) WHERE reviewed_by IS NOT NULL;

CREATE FUNCTION coach_application_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.stands_until := CASE NEW.status
    WHEN 'submitted' THEN 'infinity'
    WHEN 'rejected' THEN NEW.reviewed_at + interval '30 days'
    ELSE NEW.submitted_at END;
  RETURN NEW;
END
$$;
CREATE TRIGGER coach_application_stands BEFORE INSERT OR UPDATE ON coach_applications
  FOR EACH ROW EXECUTE FUNCTION coach_application_stands();

-- What reviewers tell each other. A table of its own, because the applicant reads the application's row.
CREATE TABLE coach_application_notes (
  application_id UUID PRIMARY KEY REFERENCES coach_applications(application_id) ON DELETE CASCADE,
  note TEXT NOT NULL,
  written_by UUID REFERENCES users(user_id) ON DELETE SET NULL,
  written_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
);
CREATE INDEX idx_coach_application_notes_written_by ON coach_application_notes(written_by) WHERE written_by IS NOT NULL;

GRANT SELECT, INSERT ON coach_applications, coach_application_notes TO app_user;
GRANT UPDATE (status, reviewed_by, reviewed_at, decision_note) ON coach_applications TO app_user;
GRANT SELECT, INSERT, UPDATE, DELETE ON coach_applications, coach_application_notes TO app_worker;

ALTER TABLE coach_applications ENABLE ROW LEVEL SECURITY;
CREATE POLICY coach_applications_read ON coach_applications FOR SELECT TO app_user
  USING (user_id = (SELECT actor_id()) OR (SELECT actor_is_staff()));
CREATE POLICY coach_applications_add ON coach_applications FOR INSERT TO app_user
  WITH CHECK (user_id = (SELECT actor_id()) AND status = 'submitted' AND submitted_at = now()
    AND NOT (SELECT has_role(actor_id(), 'coach')));
CREATE POLICY coach_applications_withdraw ON coach_applications FOR UPDATE TO app_user
  USING (user_id = (SELECT actor_id()) AND status = 'submitted')
  WITH CHECK (user_id = (SELECT actor_id()) AND status = 'withdrawn');
-- Nobody decides about themselves.
CREATE POLICY coach_applications_decide ON coach_applications FOR UPDATE TO app_user
  USING ((SELECT actor_is_staff()) AND user_id <> (SELECT actor_id()) AND status = 'submitted')
  WITH CHECK (reviewed_by = (SELECT actor_id()) AND user_id <> (SELECT actor_id()));
CREATE POLICY coach_applications_jobs ON coach_applications TO app_worker USING (true) WITH CHECK (true);

ALTER TABLE coach_application_notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY coach_application_notes_read ON coach_application_notes FOR SELECT TO app_user
  USING ((SELECT actor_is_staff()) AND EXISTS (SELECT FROM coach_applications a
    WHERE a.application_id = coach_application_notes.application_id AND a.user_id <> (SELECT actor_id())));
CREATE POLICY coach_application_notes_add ON coach_application_notes FOR INSERT TO app_user
  WITH CHECK ((SELECT actor_is_staff()) AND written_by = (SELECT actor_id()) AND EXISTS (SELECT FROM coach_applications a
    WHERE a.application_id = coach_application_notes.application_id AND a.user_id <> (SELECT actor_id())));
CREATE POLICY coach_application_notes_jobs ON coach_application_notes TO app_worker USING (true) WITH CHECK (true);

-- ============================================================================
-- SYSTEM_SETTINGS: every key that the platform knows is there; the app changes values and nothing else
-- ============================================================================
INSERT INTO system_settings (setting_key, setting_value, description, is_public) VALUES
  ('platform.registration_open', 'true', 'Whether new people may register', true),
  ('platform.support_email', 'null', 'Where people write who need help', true),
  ('platform.announcement', 'null', 'What every page shows at its top, in each language; null: nothing', true);

REVOKE INSERT, UPDATE ON system_settings FROM app_user;
GRANT UPDATE (setting_value, updated_by) ON system_settings TO app_user;
DROP POLICY system_settings_add ON system_settings;
ALTER POLICY system_settings_change ON system_settings WITH CHECK (updated_by = (SELECT actor_id()));
