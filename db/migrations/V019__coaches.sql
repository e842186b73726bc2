-- Why: becoming a coach and the coach's page (languages, how the ratings are spread, the next free day); settings of the
-- platform whose values alone change; who acts for a partner, how they are invited, and that an owner remains; tags that are
-- renamed, merged and removed without a loss. Expands.
-- Locks: short ones on user_profiles, coach_availability, partner_members and tags (a nullable column, triggers, an index of
-- some hundred rows); writers of user_skills and skill_endorsements wait while two foreign keys are checked, a second for
-- 300,000 rows.

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
-- In plpgsql and with one plan for all coaches, as all that the page asks with the owner's rights: to plan takes longer than
-- to run.
CREATE FUNCTION coach_rating_distribution(coach uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  RETURN (
    SELECT json_build_object(
      '1', count(*) FILTER (WHERE f.rating = 1), '2', count(*) FILTER (WHERE f.rating = 2),
      '3', count(*) FILTER (WHERE f.rating = 3), '4', count(*) FILTER (WHERE f.rating = 4),
      '5', count(*) FILTER (WHERE f.rating = 5))
    FROM session_feedback f WHERE f.coach_id = coach);
END
$$;

-- The first hour that a coach has free from `moment` on, within sixty days: its day on the coach's own clock, and the zone
-- of that clock. No row: none. Nothing else of the calendar leaves: neither why a coach is away nor whom they meet.
-- Windows are wall time, so each is placed on the time line by itself: around a change of clocks one may be longer, shorter
-- or gone (an end before its beginning). Windows that touch are one. A person is in one place at a time (R13), so any
-- session takes its time whole. A week is looked at first, since most coaches have an hour in it: sixty days are nine times
-- the work.
CREATE FUNCTION coach_next_free(coach uuid, moment timestamptz) RETURNS TABLE (day date, timezone text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
  days int;
BEGIN
  FOREACH days IN ARRAY ARRAY[6, 60] LOOP
    RETURN QUERY
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
      ), weekly AS MATERIALIZED (
        SELECT a.timezone, a.day_of_week, a.start_time, a.end_time, a.effective_from, a.effective_until,
          (moment AT TIME ZONE a.timezone)::date AS today
        FROM coach_availability a WHERE a.coach_id = coach AND a.is_active
      ), open AS (
        SELECT w.timezone, range_agg(tstzrange(begins, greatest(begins, ends))) AS times
        FROM weekly w
        CROSS JOIN generate_series(0, days / 7) week
        CROSS JOIN LATERAL (
          SELECT w.today + (w.day_of_week - extract(dow FROM w.today)::int + 7) % 7 + 7 * week AS day
        ) date
        CROSS JOIN LATERAL (
          SELECT (date.day + w.start_time) AT TIME ZONE w.timezone AS begins, (date.day + w.end_time) AT TIME ZONE w.timezone AS ends
        ) placed
        WHERE date.day <= w.today + days AND date.day BETWEEN w.effective_from AND coalesce(w.effective_until, 'infinity')
        GROUP BY w.timezone
      )
      SELECT (lower(free) AT TIME ZONE open.timezone)::date, open.timezone::text
      FROM open, taken, unnest(open.times - taken.times) free
      WHERE upper(free) - lower(free) >= interval '1 hour'
      ORDER BY lower(free)
      LIMIT 1;
    IF FOUND THEN RETURN; END IF;
  END LOOP;
END
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

-- ============================================================================
-- PARTNER_MEMBERS: an organisation that has an owner keeps one
-- ============================================================================

-- Deferred, so that one owner may follow another in one transaction. The lock, held from here to the end of the commit, lets
-- the changes of one organisation's owners come one after the other: of the last two who leave at once, the second sees that
-- it is alone. Whose account is gone does not count, and is not kept; nor are those of a partner that goes.
CREATE FUNCTION keep_an_owner() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF current_setting('transaction_isolation') NOT LIKE 'read%committed' THEN
    RAISE EXCEPTION 'owners are changed under read committed' USING ERRCODE = 'feature_not_supported';
  END IF;
  PERFORM FROM partners WHERE partner_id = OLD.partner_id FOR NO KEY UPDATE;
  IF FOUND AND EXISTS (SELECT FROM users WHERE user_id = OLD.user_id AND status <> 'deleted')
    AND NOT EXISTS (SELECT FROM partner_members m JOIN users u USING (user_id)
      WHERE m.partner_id = OLD.partner_id AND m.role = 'owner' AND u.status <> 'deleted') THEN
    RAISE EXCEPTION 'the last owner of a partner stays' USING ERRCODE = 'check_violation', TABLE = 'partner_members', CONSTRAINT = 'an_owner_remains';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER keep_an_owner AFTER DELETE ON partner_members DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (OLD.role = 'owner') EXECUTE FUNCTION keep_an_owner();
CREATE CONSTRAINT TRIGGER keep_an_owner_in_office AFTER UPDATE OF role ON partner_members DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (OLD.role = 'owner' AND NEW.role <> 'owner') EXECUTE FUNCTION keep_an_owner();

REVOKE UPDATE ON partner_members FROM app_user;
GRANT UPDATE (role) ON partner_members TO app_user;

-- The role partner follows the memberships, whoever calls this and whenever: it comes with the first and ends with the last.
-- Says what it did: granted, revoked, or NULL. The lock is a person's, so that of two memberships that change at once the
-- second change sees the first; and its time is that of the clock, later than what the first one wrote, though both began
-- together.
CREATE FUNCTION settle_partner_role(person uuid) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  belongs boolean;
  holds boolean;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('partner role'), hashtext(person::text));
  belongs := EXISTS (SELECT FROM partner_members WHERE user_id = person);
  holds := EXISTS (SELECT FROM user_roles WHERE user_id = person AND role_name = 'partner' AND revoked_at IS NULL
    AND (expires_at IS NULL OR expires_at > now()));
  IF belongs AND NOT holds THEN
    INSERT INTO user_roles (user_id, role_name, granted_by, granted_at, valid_from, grant_reason)
    VALUES (person, 'partner', actor_id(), clock_timestamp(), clock_timestamp(), 'first membership of a partner');
    RETURN 'granted';
  ELSIF holds AND NOT belongs THEN
    UPDATE user_roles
    SET revoked_at = clock_timestamp(), revoked_by = actor_id(), revoke_reason = 'last membership of a partner ended'
    WHERE user_id = person AND role_name = 'partner' AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now());
    RETURN 'revoked';
  END IF;
  RETURN NULL;
END
$$;
GRANT EXECUTE ON FUNCTION settle_partner_role(uuid) TO app_user, app_worker;

-- ============================================================================
-- PARTNER_INVITATIONS: people asked by mail to act for a partner, with or without an account; the link's token is a row of auth_tokens
-- ============================================================================
CREATE TABLE partner_invitations (
  invitation_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  partner_id UUID NOT NULL REFERENCES partners(partner_id) ON DELETE CASCADE,
  email VARCHAR(255) NOT NULL,
  role VARCHAR(20) NOT NULL, -- owners are made of members
  invited_by UUID REFERENCES users(user_id) ON DELETE SET NULL,
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  expires_at TIMESTAMPTZ NOT NULL DEFAULT NOW() + INTERVAL '7 days',
  accepted_at TIMESTAMPTZ,
  accepted_by UUID REFERENCES users(user_id) ON DELETE SET NULL,

  CONSTRAINT valid_role CHECK (role IN ('manager', 'member')),
  CONSTRAINT lower_email CHECK (email = lower(email)),
  CONSTRAINT expires_after_creation CHECK (expires_at > created_at),
  CONSTRAINT accepted_has_time CHECK (accepted_by IS NULL OR accepted_at IS NOT NULL)
);
CREATE UNIQUE INDEX one_open_invitation ON partner_invitations(partner_id, email) WHERE accepted_at IS NULL;
CREATE INDEX idx_partner_invitations_partner ON partner_invitations(partner_id, created_at DESC);
CREATE INDEX idx_partner_invitations_expires ON partner_invitations(expires_at);
CREATE INDEX idx_partner_invitations_invited_by ON partner_invitations(invited_by) WHERE invited_by IS NOT NULL;
CREATE INDEX idx_partner_invitations_accepted_by ON partner_invitations(accepted_by) WHERE accepted_by IS NOT NULL;

-- Makes the actor a member by the token that was mailed: it takes the token, the invitation and the place in one go, so of two
-- uses one wins. No row: unknown, used, withdrawn or too late, and nothing has changed. Who is a member already stays as they are.
CREATE FUNCTION accept_partner_invitation(token bytea)
RETURNS TABLE (invitation_id uuid, partner_id uuid, role varchar, joined boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  accepted partner_invitations;
BEGIN
  IF actor_id() IS NULL THEN RETURN; END IF;
  UPDATE partner_invitations i SET accepted_at = now(), accepted_by = actor_id()
  FROM auth_take_token(token, 'mail.partner_invitation') taken
  WHERE i.invitation_id = (taken.data->>'invitation_id')::uuid AND i.accepted_at IS NULL AND i.expires_at > now()
    AND EXISTS (SELECT FROM partners p WHERE p.partner_id = i.partner_id AND p.status = 'active' AND p.deleted_at IS NULL)
  RETURNING i.* INTO accepted;
  IF NOT FOUND THEN RETURN; END IF;
  INSERT INTO partner_members (partner_id, user_id, role)
  VALUES (accepted.partner_id, actor_id(), accepted.role)
  ON CONFLICT (partner_id, user_id) DO NOTHING;
  joined := FOUND;
  RETURN QUERY SELECT accepted.invitation_id, accepted.partner_id,
    (SELECT m.role FROM partner_members m WHERE m.partner_id = accepted.partner_id AND m.user_id = actor_id()), joined;
END
$$;
GRANT EXECUTE ON FUNCTION accept_partner_invitation(bytea) TO app_user;

GRANT SELECT, INSERT, DELETE ON partner_invitations TO app_user;
GRANT UPDATE (role, invited_by, expires_at) ON partner_invitations TO app_user;
GRANT SELECT, INSERT, UPDATE, DELETE ON partner_invitations TO app_worker;

ALTER TABLE partner_invitations ENABLE ROW LEVEL SECURITY;
CREATE POLICY partner_invitations_read ON partner_invitations FOR SELECT TO app_user USING (actor_in_partner(partner_id, 'owner'));
CREATE POLICY partner_invitations_add ON partner_invitations FOR INSERT TO app_user
  WITH CHECK (invited_by = (SELECT actor_id()) AND accepted_at IS NULL AND actor_in_partner(partner_id, 'owner'));
CREATE POLICY partner_invitations_change ON partner_invitations FOR UPDATE TO app_user
  USING (accepted_at IS NULL AND actor_in_partner(partner_id, 'owner'))
  WITH CHECK (invited_by = (SELECT actor_id()) AND accepted_at IS NULL AND actor_in_partner(partner_id, 'owner'));
CREATE POLICY partner_invitations_remove ON partner_invitations FOR DELETE TO app_user
  USING (accepted_at IS NULL AND actor_in_partner(partner_id, 'owner'));
CREATE POLICY partner_invitations_jobs ON partner_invitations TO app_worker USING (true) WITH CHECK (true);

-- ============================================================================
-- TAGS: one name however it is written, and no end for what people say of themselves
-- ============================================================================
-- safe: ten thousand tags are indexed in a tenth of a second, and only staff write them
CREATE UNIQUE INDEX tags_name_lower_key ON tags(lower(name));

-- A tag that somebody has is not deleted, also while they are just adding it.
ALTER TABLE user_skills DROP CONSTRAINT user_skills_tag_id_fkey;
ALTER TABLE user_skills ADD CONSTRAINT user_skills_tag_id_fkey
  FOREIGN KEY (tag_id) REFERENCES tags(tag_id) ON DELETE RESTRICT NOT VALID;
ALTER TABLE user_skills VALIDATE CONSTRAINT user_skills_tag_id_fkey;

-- A skill that becomes another one by a merge takes those along who vouch for it.
ALTER TABLE skill_endorsements DROP CONSTRAINT endorsed_skill;
ALTER TABLE skill_endorsements ADD CONSTRAINT endorsed_skill
  FOREIGN KEY (user_id, tag_id) REFERENCES user_skills(user_id, tag_id) ON UPDATE CASCADE ON DELETE CASCADE NOT VALID;
ALTER TABLE skill_endorsements VALIDATE CONSTRAINT endorsed_skill;

-- Whoever has `source` has `target` instead, with everybody who vouched for either; `source` is gone. Who has both keeps the
-- level that they gave `target`. Returns how many had it. With the owner's rights, since nobody writes another's skills; the
-- locks keep away who would add the skill, or vouch for it, meanwhile. The names in user_profiles.skills follow by a job.
CREATE FUNCTION merge_tags(source uuid, target uuid) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  doubled int;
  moved int;
BEGIN
  IF NOT actor_is_staff() THEN RAISE insufficient_privilege USING MESSAGE = 'tags are merged by staff'; END IF;
  PERFORM FROM tags WHERE tag_id IN (source, target) ORDER BY tag_id FOR UPDATE;
  PERFORM FROM user_skills WHERE tag_id = source ORDER BY user_id FOR UPDATE;
  INSERT INTO skill_endorsements (user_id, tag_id, endorser_id, created_at)
  SELECT e.user_id, target, e.endorser_id, e.created_at
  FROM user_skills had
  JOIN user_skills has ON has.user_id = had.user_id AND has.tag_id = target
  JOIN skill_endorsements e ON e.user_id = had.user_id AND e.tag_id = source
  WHERE had.tag_id = source
  ON CONFLICT DO NOTHING;
  DELETE FROM user_skills had USING user_skills has
  WHERE had.tag_id = source AND has.tag_id = target AND has.user_id = had.user_id;
  GET DIAGNOSTICS doubled = ROW_COUNT;
  UPDATE user_skills SET tag_id = target WHERE tag_id = source;
  GET DIAGNOSTICS moved = ROW_COUNT;
  PERFORM count_delta('tags', 'usage_count', target, moved);
  DELETE FROM tags WHERE tag_id = source;
  RETURN moved + doubled;
END
$$;
GRANT EXECUTE ON FUNCTION merge_tags(uuid, uuid) TO app_user;
