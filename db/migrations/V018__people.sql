-- Why: what people are to each other: follows that a block ends, blocks, mutes, who may write to whom, and what of all
-- this the view people tells its reader. Expands.
-- Locks: user_connections, for as long as two indexes are built: a second or two for half a million follows.

-- ============================================================================
-- USER_BLOCKS and USER_MUTES: whom someone wants nothing to do with, and whom they would rather not hear
-- ============================================================================
CREATE TABLE user_blocks (
  blocker_id UUID NOT NULL REFERENCES users(user_id) ON DELETE CASCADE,
  blocked_id UUID NOT NULL REFERENCES users(user_id) ON DELETE CASCADE,
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),

  PRIMARY KEY (blocker_id, blocked_id),
  CONSTRAINT no_self_block CHECK (blocker_id <> blocked_id)
);
CREATE INDEX idx_user_blocks_blocked ON user_blocks(blocked_id);

CREATE TABLE user_mutes (
  muter_id UUID NOT NULL REFERENCES users(user_id) ON DELETE CASCADE,
  muted_id UUID NOT NULL REFERENCES users(user_id) ON DELETE CASCADE,
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),

  PRIMARY KEY (muter_id, muted_id),
  CONSTRAINT no_self_mute CHECK (muter_id <> muted_id)
);
CREATE INDEX idx_user_mutes_muted ON user_mutes(muted_id);

-- ============================================================================
-- No follow between two people of whom one has blocked the other, however the two changes race
-- ============================================================================

-- Until the commit, the only transaction that changes what these two are to each other. One of 1,024 locks, so that a
-- load of many follows cannot fill the table of locks. Who waited must see what the other one did: a snapshot that is
-- older than the wait would not.
CREATE FUNCTION hold_pair(one uuid, other uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('transaction_isolation') NOT LIKE 'read%committed' THEN
    RAISE EXCEPTION 'follows and blocks are written under read committed' USING ERRCODE = 'feature_not_supported';
  END IF;
  PERFORM pg_advisory_xact_lock(
    hashtext('user_blocks'), hashtext(least(one, other)::text || greatest(one, other)::text) & 1023);
END
$$;

CREATE FUNCTION refuse_follow_across_block() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM hold_pair(NEW.follower_id, NEW.following_id);
  IF EXISTS (SELECT FROM user_blocks WHERE blocker_id = NEW.following_id AND blocked_id = NEW.follower_id) THEN
    RAISE EXCEPTION 'whom they follow has blocked them'
      USING ERRCODE = 'check_violation', TABLE = 'user_connections', CONSTRAINT = 'follower_is_not_blocked';
  END IF;
  IF EXISTS (SELECT FROM user_blocks WHERE blocker_id = NEW.follower_id AND blocked_id = NEW.following_id) THEN
    RAISE EXCEPTION 'they have blocked whom they follow'
      USING ERRCODE = 'check_violation', TABLE = 'user_connections', CONSTRAINT = 'follower_does_not_block';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER refuse_follow_across_block BEFORE INSERT OR UPDATE OF follower_id, following_id ON user_connections
  FOR EACH ROW EXECUTE FUNCTION refuse_follow_across_block();

CREATE FUNCTION end_follows_across_block() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM hold_pair(NEW.blocker_id, NEW.blocked_id);
  DELETE FROM user_connections
  WHERE (follower_id, following_id) IN ((NEW.blocker_id, NEW.blocked_id), (NEW.blocked_id, NEW.blocker_id));
  RETURN NULL;
END
$$;
CREATE TRIGGER end_follows_across_block AFTER INSERT ON user_blocks
  FOR EACH ROW EXECUTE FUNCTION end_follows_across_block();

-- Followers and followed, newest first: the first keeps its name and column, and serves its foreign key as before.
-- safe: a second for half a million follows
DROP INDEX idx_connections_following;
-- safe: a second for half a million follows
CREATE INDEX idx_connections_following ON user_connections(following_id, created_at DESC, connection_id DESC);
-- safe: a second for half a million follows
CREATE INDEX idx_connections_follower ON user_connections(follower_id, created_at DESC, connection_id DESC);

-- ============================================================================
-- What one person may do to another, past row security: neither sees the other's blocks, settings or follows
-- ============================================================================
CREATE FUNCTION is_blocked_between(one uuid, other uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN EXISTS (
    SELECT FROM user_blocks
    WHERE (blocker_id = one AND blocked_id = other) OR (blocker_id = other AND blocked_id = one));
END
$$;

-- allow_messages for this sender: connections are those whom the recipient follows, which no sender can bring about.
CREATE FUNCTION may_message(sender uuid, recipient uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN sender <> recipient AND NOT is_blocked_between(sender, recipient) AND EXISTS (
    SELECT FROM users u LEFT JOIN user_settings s ON s.user_id = u.user_id
    WHERE u.user_id = recipient AND u.status = 'active'
      AND CASE coalesce(s.allow_messages, 'all')
        WHEN 'all' THEN true
        WHEN 'connections_only' THEN EXISTS (
          SELECT FROM user_connections WHERE follower_id = recipient AND following_id = sender)
        ELSE false END);
END
$$;

GRANT EXECUTE ON FUNCTION is_blocked_between(uuid, uuid), may_message(uuid, uuid) TO app_user, app_worker;

-- ============================================================================
-- PEOPLE, for this reader: who has blocked whom shows nothing but the card, both ways; staff see on.
-- Each block is a left join by a unique key: who reads the card alone, as every list of P3 and P4 does, pays for none of it.
-- ============================================================================
CREATE OR REPLACE VIEW people AS
SELECT
  u.user_id, u.username, u.full_name, p.profile_photo_url,
  json_build_object('user_id', u.user_id, 'username', u.username, 'full_name', u.full_name,
    'profile_photo_url', p.profile_photo_url) AS card,
  v.visible,
  CASE WHEN v.visible THEN p.brand_name END AS brand_name,
  CASE WHEN v.visible THEN p.tagline END AS tagline,
  CASE WHEN v.visible THEN p.bio END AS bio,
  CASE WHEN v.visible THEN p.mission_statement END AS mission_statement,
  CASE WHEN v.visible THEN p.occupation END AS occupation,
  CASE WHEN v.visible THEN p.industry END AS industry,
  CASE WHEN v.visible THEN p.years_experience END AS years_experience,
  CASE WHEN v.visible THEN p.location END AS location,
  CASE WHEN v.visible THEN p.social_links END AS social_links,
  CASE WHEN v.visible THEN p.skills END AS skills,
  CASE WHEN v.visible THEN p.certifications END AS certifications,
  CASE WHEN v.visible THEN p.portfolio_urls END AS portfolio_urls,
  CASE WHEN v.visible THEN p.cover_photo_url END AS cover_photo_url,
  CASE WHEN v.visible THEN p.post_count END AS post_count,
  CASE WHEN v.visible THEN p.follower_count END AS follower_count,
  CASE WHEN v.visible THEN p.following_count END AS following_count,
  CASE WHEN v.visible AND (p.show_email OR v.closest) THEN u.email END AS email,
  CASE WHEN v.visible AND (p.show_phone OR v.closest) THEN u.phone_number END AS phone_number,
  CASE WHEN v.visible THEN u.created_at END AS member_since,
  CASE WHEN v.visible THEN coalesce(s.show_activity, true) END AS shows_presence,
  -- All of the above at once: what may be seen is decided once, not for each of two dozen columns.
  CASE WHEN v.visible THEN (
    SELECT row_to_json(profile) FROM (
      SELECT p.brand_name, p.tagline, p.bio, p.mission_statement, p.occupation, p.industry, p.years_experience,
        p.location, p.social_links, p.skills, p.certifications, p.portfolio_urls, p.cover_photo_url, p.post_count,
        p.follower_count, p.following_count,
        CASE WHEN p.show_email OR v.closest THEN u.email END AS email,
        CASE WHEN p.show_phone OR v.closest THEN u.phone_number END AS phone_number,
        u.created_at AS member_since,
        has_role(u.user_id, 'coach') AS is_coach,
        CASE WHEN u.user_id <> actor_id() THEN may_message(actor_id(), u.user_id) END AS takes_messages
    ) profile) END AS profile,
  mine.blocked_id IS NOT NULL AS is_blocked_by_reader,
  theirs.blocker_id IS NOT NULL AND NOT (SELECT actor_is_staff()) AS hides_from_reader
FROM users u
LEFT JOIN user_profiles p ON p.user_id = u.user_id
LEFT JOIN user_settings s ON s.user_id = u.user_id
LEFT JOIN user_blocks mine ON mine.blocker_id = actor_id() AND mine.blocked_id = u.user_id
LEFT JOIN user_blocks theirs ON theirs.blocker_id = u.user_id AND theirs.blocked_id = actor_id()
CROSS JOIN LATERAL (
  SELECT
    coalesce(u.user_id = actor_id(), false) OR (SELECT actor_is_staff()) AS closest,
    (mine.blocked_id IS NULL AND theirs.blocker_id IS NULL
      AND (coalesce(s.profile_visibility, 'public') = 'public'
        OR (s.profile_visibility = 'members_only' AND actor_id() IS NOT NULL)))
      OR coalesce(u.user_id = actor_id(), false) OR (SELECT actor_is_staff()) AS visible
) v
WHERE u.status = 'active';

-- How someone who gave up this username is addressed now, for as long as it is held for them (V016); NULL when nobody
-- did, or the reader is not to find them.
CREATE FUNCTION renamed_to(name text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN (
    SELECT coalesce(p.username, p.user_id::text)
    FROM released_usernames r JOIN people p ON p.user_id = r.user_id
    WHERE r.username = lower(name) AND r.released_at > now() - interval '30 days' AND NOT p.hides_from_reader);
END
$$;

GRANT EXECUTE ON FUNCTION renamed_to(text) TO app_user;

-- ============================================================================
-- Who follows someone, and whom they follow, for who may see their profile; without those whom a block keeps from the
-- reader. Newest first from before the cursor: the page is walked along its index, so a crowd costs no more than a few.
-- ============================================================================
CREATE FUNCTION followers_of(person uuid, before timestamptz, before_id uuid, size int)
RETURNS TABLE (connection_id uuid, created_at timestamptz, user_id uuid, card json, shows_presence boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM people p WHERE p.user_id = person AND p.visible) THEN
    RETURN QUERY
      SELECT c.connection_id, c.created_at, f.user_id, f.card, f.shows_presence
      FROM user_connections c JOIN people f ON f.user_id = c.follower_id
      WHERE c.following_id = person AND (c.created_at, c.connection_id) < (before, before_id)
        AND NOT f.is_blocked_by_reader AND NOT f.hides_from_reader
      ORDER BY c.created_at DESC, c.connection_id DESC LIMIT size;
  END IF;
END
$$;

CREATE FUNCTION followed_by(person uuid, before timestamptz, before_id uuid, size int)
RETURNS TABLE (connection_id uuid, created_at timestamptz, user_id uuid, card json, shows_presence boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM people p WHERE p.user_id = person AND p.visible) THEN
    RETURN QUERY
      SELECT c.connection_id, c.created_at, f.user_id, f.card, f.shows_presence
      FROM user_connections c JOIN people f ON f.user_id = c.following_id
      WHERE c.follower_id = person AND (c.created_at, c.connection_id) < (before, before_id)
        AND NOT f.is_blocked_by_reader AND NOT f.hides_from_reader
      ORDER BY c.created_at DESC, c.connection_id DESC LIMIT size;
  END IF;
END
$$;

GRANT EXECUTE ON FUNCTION
  followers_of(uuid, timestamptz, uuid, int), followed_by(uuid, timestamptz, uuid, int) TO app_user;

-- ============================================================================
-- Row security (R34): one's own blocks and mutes; nobody learns whose they are themselves
-- ============================================================================
GRANT SELECT, INSERT, DELETE ON user_blocks, user_mutes TO app_user, app_worker;

ALTER TABLE user_blocks ENABLE ROW LEVEL SECURITY;
CREATE POLICY user_blocks_read ON user_blocks FOR SELECT TO app_user USING (blocker_id = (SELECT actor_id()));
CREATE POLICY user_blocks_add ON user_blocks FOR INSERT TO app_user WITH CHECK (blocker_id = (SELECT actor_id()));
CREATE POLICY user_blocks_remove ON user_blocks FOR DELETE TO app_user USING (blocker_id = (SELECT actor_id()));
CREATE POLICY user_blocks_jobs ON user_blocks TO app_worker USING (true) WITH CHECK (true);

ALTER TABLE user_mutes ENABLE ROW LEVEL SECURITY;
CREATE POLICY user_mutes_read ON user_mutes FOR SELECT TO app_user USING (muter_id = (SELECT actor_id()));
CREATE POLICY user_mutes_add ON user_mutes FOR INSERT TO app_user WITH CHECK (muter_id = (SELECT actor_id()));
CREATE POLICY user_mutes_remove ON user_mutes FOR DELETE TO app_user USING (muter_id = (SELECT actor_id()));
CREATE POLICY user_mutes_jobs ON user_mutes TO app_worker USING (true) WITH CHECK (true);
