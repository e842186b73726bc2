-- Why: grants that say who, why and until when, and cannot be rewritten; one way in that cannot be lost; accounts that are
-- suspended and come back; staff who find people. Expands.
-- Locks: user_roles and users for an instant each (nullable columns, triggers), user_roles while two indexes are built: a
-- tenth of a second for 100,000 people.

-- ============================================================================
-- USER_ROLES: who ended a grant, and why it was given and ended
-- ============================================================================
ALTER TABLE user_roles
  ADD COLUMN grant_reason TEXT,
  ADD COLUMN revoked_by UUID,
  ADD COLUMN revoke_reason TEXT;

-- safe: no row says who revoked it yet
ALTER TABLE user_roles
  ADD CONSTRAINT user_roles_revoked_by_fkey FOREIGN KEY (revoked_by) REFERENCES users(user_id) ON DELETE SET NULL,
  ADD CONSTRAINT revocation_has_its_time CHECK (revoked_at IS NOT NULL OR (revoked_by IS NULL AND revoke_reason IS NULL));

-- safe: no row says who revoked it yet
CREATE INDEX idx_user_roles_revoked_by ON user_roles(revoked_by) WHERE revoked_by IS NOT NULL;
-- safe: a tenth of a second for 100,000 people
CREATE INDEX idx_user_roles_role ON user_roles(role_name, user_id) WHERE revoked_at IS NULL;

-- ============================================================================
-- One way in: an active super admin whose role does not end remains, whatever happens to the others at once
-- ============================================================================

-- Deferred, so that a grant may be closed and opened anew in one transaction. The lock is held from here to the end of the
-- commit: whoever comes second counts what the first has left. A snapshot older than the wait would not, hence the isolation.
CREATE FUNCTION keep_a_super_admin() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_TABLE_NAME = 'users' AND NOT EXISTS (
    SELECT FROM user_roles
    WHERE user_id = OLD.user_id AND role_name = 'super_admin' AND revoked_at IS NULL AND expires_at IS NULL) THEN
    RETURN NULL;
  END IF;
  IF current_setting('transaction_isolation') NOT LIKE 'read%committed' THEN
    RAISE EXCEPTION 'super admins are changed under read committed' USING ERRCODE = 'feature_not_supported';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('super_admins'));
  IF NOT EXISTS (
    SELECT FROM user_roles r JOIN users u USING (user_id)
    WHERE r.role_name = 'super_admin' AND r.revoked_at IS NULL AND r.expires_at IS NULL AND r.valid_from <= clock_timestamp()
      AND u.status = 'active' AND u.deleted_at IS NULL AND u.erased_at IS NULL) THEN
    RAISE EXCEPTION 'an active super admin whose role does not end must remain'
      USING ERRCODE = 'check_violation', TABLE = 'user_roles', CONSTRAINT = 'a_super_admin_remains';
  END IF;
  RETURN NULL;
END
$$;

-- Deleting a person deletes their grants, which comes by here.
CREATE CONSTRAINT TRIGGER keep_a_super_admin AFTER UPDATE OR DELETE ON user_roles DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (OLD.role_name = 'super_admin' AND OLD.revoked_at IS NULL AND OLD.expires_at IS NULL)
  EXECUTE FUNCTION keep_a_super_admin();
CREATE CONSTRAINT TRIGGER keep_a_super_admin AFTER UPDATE OF status, deleted_at, erased_at ON users DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (OLD.status = 'active' AND OLD.deleted_at IS NULL AND OLD.erased_at IS NULL
    AND (NEW.status <> 'active' OR NEW.deleted_at IS NOT NULL OR NEW.erased_at IS NOT NULL))
  EXECUTE FUNCTION keep_a_super_admin();

-- ============================================================================
-- USER_SUSPENSIONS: who was kept out, by whom, why and until when; the row stays when it is over
-- ============================================================================
CREATE TABLE user_suspensions (
  suspension_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  user_id UUID NOT NULL REFERENCES users(user_id) ON DELETE CASCADE,
  status_before VARCHAR(20) NOT NULL, -- what the account comes back to
  reason TEXT NOT NULL,
  suspended_by UUID REFERENCES users(user_id) ON DELETE SET NULL,
  suspended_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  ends_at TIMESTAMPTZ, -- NULL: when somebody restores the account
  lifted_at TIMESTAMPTZ,
  lifted_by UUID REFERENCES users(user_id) ON DELETE SET NULL, -- NULL: it ended by itself
  lift_reason TEXT,

  CONSTRAINT valid_status_before CHECK (status_before IN ('active', 'pending_verification')),
  CONSTRAINT ends_after_start CHECK (ends_at > suspended_at)
);
CREATE UNIQUE INDEX one_suspension_at_a_time ON user_suspensions(user_id) WHERE lifted_at IS NULL;
CREATE INDEX idx_user_suspensions_user ON user_suspensions(user_id, suspended_at DESC);
CREATE INDEX idx_user_suspensions_suspended_by ON user_suspensions(suspended_by) WHERE suspended_by IS NOT NULL;
CREATE INDEX idx_user_suspensions_lifted_by ON user_suspensions(lifted_by) WHERE lifted_by IS NOT NULL;
CREATE INDEX idx_user_suspensions_ends ON user_suspensions(ends_at) WHERE lifted_at IS NULL AND ends_at IS NOT NULL;

-- ============================================================================
-- Sign-in and suspension: one with an end is over from that second on, whoever looks
-- ============================================================================
CREATE FUNCTION account_status(person uuid, kept varchar) RETURNS varchar
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT CASE WHEN kept = 'suspended' THEN coalesce((
    SELECT s.status_before FROM user_suspensions s
    WHERE s.user_id = person AND s.lifted_at IS NULL AND s.ends_at <= now()), kept) ELSE kept END
$$;

-- Gives those whose suspension is over their status back; for one person, or for all. Answers whom.
CREATE FUNCTION end_past_suspensions(person uuid DEFAULT NULL) RETURNS SETOF uuid
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH over AS (
    UPDATE user_suspensions SET lifted_at = ends_at
    WHERE lifted_at IS NULL AND ends_at <= now() AND (person IS NULL OR user_id = person)
    RETURNING user_id, status_before
  )
  UPDATE users u SET status = o.status_before FROM over o WHERE u.user_id = o.user_id AND u.status = 'suspended'
  RETURNING u.user_id
$$;

CREATE OR REPLACE FUNCTION auth_lookup(login text, device bytea DEFAULT NULL)
RETURNS TABLE (user_id uuid, password_hash varchar, status varchar, failed_login_attempts int, locked_until timestamptz,
  two_factor_enabled boolean, known_device boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT u.user_id, u.password_hash, account_status(u.user_id, u.status), u.failed_login_attempts, u.locked_until, coalesce(u.two_factor_enabled, false),
    EXISTS (SELECT FROM known_devices d WHERE d.user_id = u.user_id AND d.device_hash = device)
  FROM (
    SELECT * FROM users WHERE status <> 'deleted' AND email = lower(login)
    UNION ALL
    SELECT * FROM users WHERE status <> 'deleted' AND lower(username) = lower(login) AND position('@' IN login) = 0
    LIMIT 1) u
$$;

-- Whoever signs in is found as they are: the job that restores the others' sight of them comes within a minute.
CREATE FUNCTION end_past_suspension() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM end_past_suspensions(NEW.user_id);
  RETURN NULL;
END
$$;
CREATE TRIGGER end_past_suspension AFTER INSERT ON sessions FOR EACH ROW EXECUTE FUNCTION end_past_suspension();

GRANT EXECUTE ON FUNCTION account_status(uuid, varchar), end_past_suspensions(uuid) TO app_user, app_worker;

-- A grant that has begun says so, instead of when: who asks may have a clock that is behind ours. Who acts for somebody else
-- does so no longer than they are a super admin, and for nobody who has become staff.
CREATE OR REPLACE FUNCTION session_lookup(id uuid)
RETURNS TABLE (user_id uuid, token_hash varchar, expires_at timestamptz, proven_at timestamptz, impersonator_id uuid,
  roles json)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT s.user_id, s.token_hash,
    least(s.expires_at, (
      SELECT max(coalesce(r.expires_at, 'infinity')) FROM user_roles r
      WHERE r.user_id = s.impersonator_id AND r.role_name = 'super_admin' AND r.revoked_at IS NULL
        AND r.valid_from <= now() AND (r.expires_at IS NULL OR r.expires_at > now()))),
    s.proven_at, s.impersonator_id,
    coalesce((
      SELECT json_agg(json_build_object('role', r.role_name,
        'from', CASE WHEN r.valid_from > now() THEN r.valid_from END, 'until', r.expires_at) ORDER BY r.role_name)
      FROM user_roles r
      WHERE r.user_id = s.user_id AND r.revoked_at IS NULL AND (r.expires_at IS NULL OR r.expires_at > now())), '[]'::json)
  FROM sessions s JOIN users u USING (user_id)
  WHERE s.session_id = id AND s.expires_at > now() AND u.status = 'active'
    AND (s.impersonator_id IS NULL OR (has_role(s.impersonator_id, 'super_admin') AND NOT has_role(s.user_id, 'admin', 'super_admin')
      AND EXISTS (SELECT FROM users i WHERE i.user_id = s.impersonator_id AND i.status = 'active')))
$$;

-- ============================================================================
-- Finding people: any part of an e-mail address, a name or a username, whatever its case and accents
-- ============================================================================

-- Immutable for as long as the server's rules of unaccent are: a release that changes them asks for a REINDEX. 2 µs a text, a
-- third of what it costs as a function of SQL, and a fiftieth of translate().
CREATE FUNCTION fold_text(words text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  RETURN lower(public.unaccent('public.unaccent'::regdictionary, words));
END
$$;
GRANT EXECUTE ON FUNCTION fold_text(text) TO app_user, app_worker;

-- Without a pending list: a sign-in moves the person's row, and one in some thousands would pay for all the others.
-- safe: a second for 100,000 people
CREATE INDEX idx_users_search ON users USING gin (
  fold_text(email || E'\n' || coalesce(username, '') || E'\n' || full_name) gin_trgm_ops) WITH (fastupdate = off);

-- For staff alone, with the owner's rights: under row security LIKE is not leakproof and would not use the index (R34).
CREATE VIEW people_for_staff AS
SELECT user_id, email, username, full_name, status, last_login, created_at,
  fold_text(email || E'\n' || coalesce(username, '') || E'\n' || full_name) AS search_text
FROM users
WHERE (SELECT actor_is_staff());

GRANT SELECT ON people_for_staff TO app_user;

-- ============================================================================
-- Row security (R34)
-- ============================================================================

-- Staff look after people, and super admins also after staff; nobody after themselves.
CREATE FUNCTION actor_looks_after(person uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT actor_is_staff() AND person <> actor_id()
    AND (has_role(actor_id(), 'super_admin') OR NOT has_role(person, 'admin', 'super_admin'))
$$;
GRANT EXECUTE ON FUNCTION actor_looks_after(uuid) TO app_user, app_worker;

ALTER POLICY users_change ON users USING (user_id = (SELECT actor_id()) OR actor_looks_after(user_id));
ALTER POLICY sessions_remove ON sessions USING (user_id = (SELECT actor_id()) OR actor_looks_after(user_id));

-- A super admin opens a session as somebody else for an hour at most; never as staff, who could be made to do more.
ALTER POLICY sessions_add ON sessions WITH CHECK (user_id = (SELECT actor_id()) AND impersonator_id IS NULL);
CREATE POLICY sessions_impersonate ON sessions FOR INSERT TO app_user
  WITH CHECK (impersonator_id = (SELECT actor_id()) AND user_id <> (SELECT actor_id()) AND expires_at <= now() + interval '1 hour'
    AND (SELECT has_role(actor_id(), 'super_admin')) AND NOT has_role(user_id, 'admin', 'super_admin'));

-- A grant is written once and ended once: nothing else of it moves. Nobody grants to themselves, or ends what they hold.
REVOKE UPDATE ON user_roles FROM app_user;
GRANT UPDATE (revoked_at, revoked_by, revoke_reason) ON user_roles TO app_user;
ALTER POLICY user_roles_grant ON user_roles
  WITH CHECK ((SELECT actor_is_staff()) AND granted_by = (SELECT actor_id())
    AND user_id <> (SELECT actor_id()) AND role_name <> 'member'
    AND (role_name NOT IN ('admin', 'super_admin') OR (SELECT has_role(actor_id(), 'super_admin'))));
ALTER POLICY user_roles_change ON user_roles
  USING ((SELECT actor_is_staff()) AND revoked_at IS NULL
    AND user_id <> (SELECT actor_id()) AND role_name <> 'member'
    AND (role_name NOT IN ('admin', 'super_admin') OR (SELECT has_role(actor_id(), 'super_admin'))))
  WITH CHECK (revoked_by = (SELECT actor_id()));

GRANT SELECT, INSERT ON user_suspensions TO app_user;
GRANT UPDATE (lifted_at, lifted_by, lift_reason) ON user_suspensions TO app_user;
GRANT SELECT, INSERT, UPDATE, DELETE ON user_suspensions TO app_worker;
ALTER TABLE user_suspensions ENABLE ROW LEVEL SECURITY;
CREATE POLICY user_suspensions_read ON user_suspensions FOR SELECT TO app_user
  USING (user_id = (SELECT actor_id()) OR (SELECT actor_is_staff()));
CREATE POLICY user_suspensions_add ON user_suspensions FOR INSERT TO app_user
  WITH CHECK (suspended_by = (SELECT actor_id()) AND actor_looks_after(user_id));
CREATE POLICY user_suspensions_lift ON user_suspensions FOR UPDATE TO app_user
  USING (lifted_at IS NULL AND actor_looks_after(user_id))
  WITH CHECK (lifted_by = (SELECT actor_id()));
CREATE POLICY user_suspensions_jobs ON user_suspensions TO app_worker USING (true) WITH CHECK (true);

-- ============================================================================
-- P1 says when its reader's roles next change, so that no copy of it outlives them
-- ============================================================================

CREATE OR REPLACE FUNCTION read_me(reader uuid) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
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
         FROM (SELECT s.language, s.timezone, s.currency, s.profile_visibility, s.theme) settings) AS settings
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
