-- Why: one's own profile, settings and skills: completion by stated rules, quiet hours and digest, names that stay held for a
-- while after a change, endorsements of skills, a taxonomy that can be typed ahead.
-- Locks: writers of user_profiles wait while completion is computed (3 s for 100,000 people), readers do not. user_skills is
-- rewritten with a key of its own (1 s for 300,000 rows), tags indexed (0.1 s for 10,000). Everything else is new or an instant.

-- ============================================================================
-- Completion: which part of a profile gives how many percent. They sum up to 100.
-- ============================================================================
CREATE FUNCTION is_filled(words text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT words IS NOT NULL AND btrim(words) <> ''
$$;

-- Of a JSON list; 0 for anything else.
CREATE FUNCTION list_length(list jsonb) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN jsonb_typeof(list) = 'array' THEN jsonb_array_length(list) ELSE 0 END
$$;

-- Without settings of its own, so that it is inlined: a third of the time.
CREATE FUNCTION profile_completion(p user_profiles) RETURNS TABLE (part text, percent int, done boolean)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  VALUES
    ('profile_photo_url', 15, is_filled(p.profile_photo_url)),
    ('bio', 15, length(btrim(coalesce(p.bio, ''))) >= 50),
    ('tagline', 10, is_filled(p.tagline)),
    ('occupation', 10, is_filled(p.occupation)),
    ('location', 10, is_filled(p.location->>'country') AND is_filled(p.location->>'city')),
    ('skills', 10, list_length(p.skills) >= 3),
    ('brand_name', 5, is_filled(p.brand_name)),
    ('mission_statement', 5, is_filled(p.mission_statement)),
    ('industry', 5, is_filled(p.industry)),
    ('years_experience', 5, p.years_experience IS NOT NULL),
    ('social_links', 5, jsonb_typeof(p.social_links) = 'object' AND p.social_links <> '{}'),
    ('portfolio_urls', 5, list_length(p.portfolio_urls) + list_length(p.certifications) >= 1)
$$;

-- Whoever writes the row and whatever they say of its completion: the rules decide. A folded counter fires nothing.
CREATE FUNCTION complete_profile() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  NEW.profile_completion_percent := (SELECT coalesce(sum(c.percent), 0) FROM profile_completion(NEW) c WHERE c.done);
  RETURN NEW;
END
$$;
CREATE TRIGGER complete_profile BEFORE INSERT OR UPDATE OF
  profile_photo_url, bio, tagline, occupation, location, skills, brand_name, mission_statement, industry, years_experience,
  social_links, portfolio_urls, certifications, profile_completion_percent
  ON user_profiles FOR EACH ROW EXECUTE FUNCTION complete_profile();

-- What follows from the rest is no edit of its own.
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON user_profiles FOR EACH ROW EXECUTE FUNCTION touch_updated_at(
  'post_count', 'follower_count', 'following_count', 'session_count', 'rating_count', 'rating_sum', 'rating_average',
  'profile_completion_percent');

-- For all at once by the statement, with neither trigger: a third of the time that its writers wait.
ALTER TABLE user_profiles DISABLE TRIGGER USER;
UPDATE user_profiles p SET profile_completion_percent =
  (SELECT coalesce(sum(c.percent), 0) FROM profile_completion(p) c WHERE c.done);
ALTER TABLE user_profiles ENABLE TRIGGER USER;

GRANT EXECUTE ON FUNCTION is_filled(text), list_length(jsonb), profile_completion(user_profiles) TO app_user, app_worker;

ALTER TABLE user_profiles ADD CONSTRAINT valid_availability_status
  CHECK (availability_status IN ('available', 'busy', 'away')) NOT VALID;
ALTER TABLE user_profiles VALIDATE CONSTRAINT valid_availability_status;
ALTER TABLE user_profiles ADD CONSTRAINT valid_years_experience CHECK (years_experience BETWEEN 0 AND 80) NOT VALID;
ALTER TABLE user_profiles VALIDATE CONSTRAINT valid_years_experience;
ALTER TABLE user_profiles ADD CONSTRAINT valid_hourly_rate CHECK (hourly_rate >= 0) NOT VALID;
ALTER TABLE user_profiles VALIDATE CONSTRAINT valid_hourly_rate;

-- The app writes what people fill in. Counters, ratings, the copy of the skills and the completion are triggers' and folds'.
REVOKE INSERT, UPDATE ON user_profiles FROM app_user;
GRANT INSERT (profile_id, user_id) ON user_profiles TO app_user;
GRANT UPDATE (
  brand_name, tagline, bio, mission_statement, occupation, industry, years_experience, location, show_email, show_phone,
  social_links, certifications, hourly_rate, currency, availability_status, coaching_specialties,
  profile_photo_url, cover_photo_url, portfolio_urls) ON user_profiles TO app_user;

-- ============================================================================
-- Settings: when not to disturb, and what may wait for a digest
-- ============================================================================
ALTER TABLE user_settings
  ADD COLUMN quiet_hours_start TIME, -- wall time in `timezone`; an end before its start is the next day's
  ADD COLUMN quiet_hours_end TIME,
  ADD COLUMN notification_digest VARCHAR(10) NOT NULL DEFAULT 'off';

ALTER TABLE user_settings ADD CONSTRAINT valid_quiet_hours
  CHECK (coalesce(quiet_hours_start <> quiet_hours_end, quiet_hours_start IS NULL AND quiet_hours_end IS NULL)) NOT VALID;
ALTER TABLE user_settings VALIDATE CONSTRAINT valid_quiet_hours;
ALTER TABLE user_settings ADD CONSTRAINT valid_notification_digest
  CHECK (notification_digest IN ('off', 'daily', 'weekly')) NOT VALID;
ALTER TABLE user_settings VALIDATE CONSTRAINT valid_notification_digest;
-- What concerns the account's safety reaches its owner by mail, whatever else is switched off.
ALTER TABLE user_settings ADD CONSTRAINT security_mail_stays_on
  CHECK (coalesce(email_notifications->'security', 'true') = 'true') NOT VALID;
ALTER TABLE user_settings VALIDATE CONSTRAINT security_mail_stays_on;
ALTER TABLE user_settings ADD CONSTRAINT bounded_dashboard_layout
  CHECK (octet_length(dashboard_layout::text) <= 16384) NOT VALID;
ALTER TABLE user_settings VALIDATE CONSTRAINT bounded_dashboard_layout;

-- ============================================================================
-- Usernames that someone has just given up: nobody else's for 30 days, so that a link or a mention that is still about
-- does not lead to a stranger. At most three at a time are held for one person, or changing would be a way to hoard them.
-- ============================================================================
CREATE TABLE released_usernames (
  username VARCHAR(100) PRIMARY KEY, -- lower case
  user_id UUID NOT NULL REFERENCES users(user_id) ON DELETE CASCADE,
  released_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
);
CREATE INDEX idx_released_usernames_user ON released_usernames(user_id, released_at);
CREATE INDEX idx_released_usernames_released ON released_usernames(released_at);

CREATE FUNCTION is_username_held(name text, asks uuid DEFAULT NULL) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM released_usernames r
    WHERE r.username = lower(name) AND r.user_id IS DISTINCT FROM asks AND r.released_at > now() - interval '30 days')
$$;
GRANT EXECUTE ON FUNCTION is_username_held(text, uuid) TO app_user, app_worker;

-- After the row, so that whoever waited at the unique index for another to let go of the name sees that it is held.
-- Speaks as that index does: to who asks, a held name is a taken one.
CREATE FUNCTION hold_username() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  since CONSTANT timestamptz := now() - interval '30 days';
  given_up text;
BEGIN
  IF TG_OP = 'UPDATE' THEN given_up := lower(OLD.username); END IF;
  IF given_up IS NOT DISTINCT FROM lower(NEW.username) THEN RETURN NULL; END IF;
  IF is_username_held(NEW.username, NEW.user_id) THEN
    RAISE unique_violation USING MESSAGE = 'the username is held for who had it', TABLE = 'users', CONSTRAINT = 'users_username_lower_key';
  END IF;
  DELETE FROM released_usernames r WHERE r.username = lower(NEW.username);
  -- Whoever has not proven an address was never called anything; who is erased no longer is.
  IF given_up IS NULL OR NEW.erased_at IS NOT NULL OR NEW.status = 'pending_verification' THEN RETURN NULL; END IF;
  IF NEW.username IS NOT NULL
     AND (SELECT count(*) FROM released_usernames r WHERE r.user_id = NEW.user_id AND r.released_at > since) >= 3 THEN
    RAISE check_violation USING MESSAGE = 'three usernames are held already', TABLE = 'users', CONSTRAINT = 'three_held_usernames';
  END IF;
  INSERT INTO released_usernames (username, user_id) VALUES (given_up, NEW.user_id)
  ON CONFLICT (username) DO UPDATE SET user_id = excluded.user_id, released_at = excluded.released_at;
  RETURN NULL;
END
$$;
CREATE TRIGGER hold_username AFTER INSERT OR UPDATE OF username ON users FOR EACH ROW EXECUTE FUNCTION hold_username();

GRANT SELECT ON released_usernames TO app_user;
GRANT SELECT, DELETE ON released_usernames TO app_worker;
ALTER TABLE released_usernames ENABLE ROW LEVEL SECURITY;
CREATE POLICY released_usernames_read ON released_usernames FOR SELECT TO app_user USING (user_id = (SELECT actor_id()));
CREATE POLICY released_usernames_jobs ON released_usernames TO app_worker USING (true) WITH CHECK (true);

-- ============================================================================
-- The taxonomy, typed ahead: what a name begins with, in whatever case and with or without its accents
-- ============================================================================
-- The dictionary is named, so nothing but its own change could change the answer (R33).
CREATE FUNCTION typed_form(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT lower(public.unaccent('public.unaccent'::regdictionary, words))
$$;
GRANT EXECUTE ON FUNCTION typed_form(text) TO app_user, app_worker;

-- safe: ten thousand tags are indexed in a tenth of a second, and only staff write them
CREATE INDEX idx_tags_typed ON tags((typed_form(name) COLLATE "C"), tag_id);
-- safe: ten thousand tags are indexed in a tenth of a second, and only staff write them
CREATE INDEX idx_tags_category_typed ON tags(category, (typed_form(name) COLLATE "C"), tag_id);

-- ============================================================================
-- Skills: a key for their counter, a bound, and no more rights than needed
-- ============================================================================
-- safe: a rewrite of 300,000 narrow rows takes a second
ALTER TABLE user_skills ADD COLUMN user_skill_id UUID NOT NULL UNIQUE DEFAULT uuid_v7();
UPDATE user_skills SET endorsement_count = 0 WHERE endorsement_count <> 0; -- until now there was nothing to count

-- A person's skills are added one after the other, by the lock on their profile: fifty is fifty, however many come at once.
-- A skill that is there already passes: its level is about to change.
CREATE FUNCTION bound_user_skills() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM FROM user_profiles p WHERE p.user_id = NEW.user_id FOR UPDATE;
  IF (SELECT count(*) FROM user_skills s WHERE s.user_id = NEW.user_id AND s.tag_id <> NEW.tag_id) >= 50 THEN
    RAISE check_violation USING MESSAGE = 'a person has fifty skills at most', TABLE = 'user_skills', CONSTRAINT = 'fifty_skills';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER bound_user_skills BEFORE INSERT ON user_skills FOR EACH ROW EXECUTE FUNCTION bound_user_skills();

REVOKE INSERT, UPDATE ON user_skills FROM app_user;
GRANT INSERT (user_id, tag_id, level), UPDATE (level) ON user_skills TO app_user;

-- ============================================================================
-- SKILL_ENDORSEMENTS: who vouches for whose skill
-- ============================================================================
CREATE TABLE skill_endorsements (
  user_id UUID NOT NULL,
  tag_id UUID NOT NULL,
  endorser_id UUID NOT NULL REFERENCES users(user_id) ON DELETE CASCADE,
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  PRIMARY KEY (user_id, tag_id, endorser_id),
  CONSTRAINT endorsed_skill FOREIGN KEY (user_id, tag_id) REFERENCES user_skills(user_id, tag_id) ON DELETE CASCADE,
  CONSTRAINT no_self_endorsement CHECK (endorser_id <> user_id)
);
CREATE INDEX idx_skill_endorsements_first ON skill_endorsements(user_id, tag_id, created_at, endorser_id);
CREATE INDEX idx_skill_endorsements_endorser ON skill_endorsements(endorser_id);

-- The skill's row is gone when its endorsements go with it: then there is nothing left to count on.
CREATE FUNCTION count_endorsement() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  step int := 1;
  mark skill_endorsements;
BEGIN
  IF TG_OP = 'INSERT' THEN mark := NEW; ELSE mark := OLD; step := -1; END IF;
  PERFORM count_delta('user_skills', 'endorsement_count', s.user_skill_id, step)
  FROM user_skills s WHERE s.user_id = mark.user_id AND s.tag_id = mark.tag_id;
  RETURN NULL;
END
$$;
CREATE TRIGGER count_endorsement AFTER INSERT OR DELETE ON skill_endorsements FOR EACH ROW EXECUTE FUNCTION count_endorsement();

INSERT INTO counter_sources VALUES ('user_skills', 'endorsement_count', 'user_skill_id',
  'SELECT s.user_skill_id, count(*) FROM skill_endorsements e JOIN user_skills s USING (user_id, tag_id) GROUP BY 1');

GRANT SELECT, INSERT, DELETE ON skill_endorsements TO app_user;
GRANT SELECT, DELETE ON skill_endorsements TO app_worker;
ALTER TABLE skill_endorsements ENABLE ROW LEVEL SECURITY;
CREATE POLICY skill_endorsements_read ON skill_endorsements FOR SELECT TO app_user
  USING (endorser_id = (SELECT actor_id()) OR user_id = (SELECT actor_id()));
CREATE POLICY skill_endorsements_add ON skill_endorsements FOR INSERT TO app_user
  WITH CHECK (endorser_id = (SELECT actor_id())
    AND EXISTS (SELECT FROM people p WHERE p.user_id = skill_endorsements.user_id AND p.visible));
CREATE POLICY skill_endorsements_remove ON skill_endorsements FOR DELETE TO app_user
  USING (endorser_id = (SELECT actor_id()));
CREATE POLICY skill_endorsements_jobs ON skill_endorsements TO app_worker USING (true) WITH CHECK (true);

-- Somebody's skills as the actor may see them, as JSON text: with the true count of endorsements (folded and pending, R15),
-- whether the actor is among them, and the cards of the first three whom the actor may see. NULL for who is not there, or hidden from the actor.
-- Runs with the owner's rights: user_skills and skill_endorsements show nobody but their own.
CREATE FUNCTION read_person_skills(person uuid) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM people p WHERE p.user_id = person AND p.visible) THEN RETURN NULL; END IF;
  RETURN (
    SELECT json_build_object('items', coalesce(json_agg(skill ORDER BY skill.endorsement_count DESC, skill.name), '[]'::json))::text
    FROM (
      SELECT
        s.tag_id, t.name, t.slug, s.level,
        s.endorsement_count + coalesce((
          SELECT sum(d.delta) FROM counter_deltas d
          WHERE d.table_name = 'user_skills' AND d.counter = 'endorsement_count' AND d.row_id = s.user_skill_id), 0) AS endorsement_count,
        EXISTS (SELECT FROM skill_endorsements e
                WHERE e.user_id = person AND e.tag_id = s.tag_id AND e.endorser_id = actor_id()) AS endorsed_by_me,
        (SELECT coalesce(json_agg(first.card ORDER BY first.created_at, first.endorser_id), '[]'::json)
         FROM (SELECT a.card, e.created_at, e.endorser_id
               FROM skill_endorsements e JOIN people a ON a.user_id = e.endorser_id
               WHERE e.user_id = person AND e.tag_id = s.tag_id AND a.visible
               ORDER BY e.created_at, e.endorser_id
               LIMIT 3) first) AS first_endorsers
      FROM user_skills s JOIN tags t USING (tag_id)
      WHERE s.user_id = person
    ) skill);
END
$$;
GRANT EXECUTE ON FUNCTION read_person_skills(uuid) TO app_user;
