-- Why: what a coach's page shows beyond the directory: languages, how the ratings are spread, the next free day.
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
