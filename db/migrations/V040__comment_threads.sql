-- Why: comments in threads, posts that take no more of them, what was edited, and blocks that hold between a post and its
-- reader. Expands.
-- Locks: posts and comments for the moment in which columns without a value and a trigger are added.

ALTER TABLE posts ADD COLUMN edited_at TIMESTAMPTZ;
ALTER TABLE posts ADD COLUMN comments_closed_at TIMESTAMPTZ; -- set: takes no more comments
ALTER TABLE comments ADD COLUMN edited_at TIMESTAMPTZ;

-- ============================================================================
-- A reply stands under a comment of its own post, and no deeper than the third level
-- ============================================================================
CREATE FUNCTION place_reply() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  parent record;
BEGIN
  SELECT p.post_id, g.parent_comment_id IS NOT NULL AS is_third INTO parent
  FROM comments p LEFT JOIN comments g ON g.comment_id = p.parent_comment_id
  WHERE p.comment_id = NEW.parent_comment_id;
  IF parent.post_id <> NEW.post_id THEN
    RAISE check_violation USING MESSAGE = 'a reply stands under another post than its parent',
      TABLE = 'comments', CONSTRAINT = 'reply_of_same_post';
  END IF;
  IF parent.is_third THEN
    RAISE check_violation USING MESSAGE = 'replies end at the third level', TABLE = 'comments', CONSTRAINT = 'three_levels';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER place_reply BEFORE INSERT OR UPDATE OF parent_comment_id, post_id ON comments FOR EACH ROW
  WHEN (NEW.parent_comment_id IS NOT NULL) EXECUTE FUNCTION place_reply();

-- ============================================================================
-- What a reader sees of a post and its comments. Past row security: blocks are nobody's to see, and the place of a comment
-- that is gone stays while somebody has replied to it.
-- ============================================================================

-- Across a block neither sees the other's; staff see on.
CREATE FUNCTION is_kept_apart(author uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN coalesce(is_blocked_between(actor_id(), author), false) AND NOT actor_is_staff();
END
$$;

CREATE FUNCTION shows_post(post uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN EXISTS (
    SELECT FROM posts p WHERE p.post_id = post
      AND (p.status = 'published' OR p.author_id = actor_id() OR actor_is_staff()) AND NOT is_kept_apart(p.author_id));
END
$$;

-- shown; deleted by its author; removed by moderation; hidden: by whom the reader has muted, or a block keeps from them.
CREATE FUNCTION comment_state(c comments) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF c.status <> 'published' THEN
    RETURN CASE WHEN c.status = 'removed' AND c.moderated_by IS NULL THEN 'deleted' ELSE 'removed' END;
  END IF;
  IF actor_id() IS NULL OR c.author_id IS NULL THEN RETURN 'shown'; END IF;
  IF is_kept_apart(c.author_id) OR EXISTS (SELECT FROM user_mutes WHERE muter_id = actor_id() AND muted_id = c.author_id) THEN
    RETURN 'hidden';
  END IF;
  RETURN 'shown';
END
$$;

CREATE FUNCTION has_replies(comment uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN EXISTS (
    SELECT FROM comments r WHERE r.parent_comment_id = comment AND (r.status = 'published' OR has_replies(r.comment_id)));
END
$$;

-- One comment, as its reader sees it.
CREATE FUNCTION comment_card(c comments) RETURNS TABLE (
  comment_id uuid, post_id uuid, parent_comment_id uuid, state text, content text, author json, like_count int,
  liked boolean, created_at timestamptz, edited_at timestamptz, has_replies boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  state CONSTANT text := comment_state(c);
  has_replies CONSTANT boolean := has_replies(c.comment_id);
BEGIN
  IF state = 'shown' THEN
    RETURN QUERY SELECT c.comment_id, c.post_id, c.parent_comment_id, state, c.content,
      (SELECT a.card FROM people a WHERE a.user_id = c.author_id), c.like_count,
      EXISTS (SELECT FROM reactions r WHERE r.user_id = actor_id() AND r.entity_type = 'comment'
        AND r.entity_id = c.comment_id AND r.reaction_type = 'like'),
      c.created_at, c.edited_at, has_replies;
  ELSIF has_replies THEN
    RETURN QUERY SELECT c.comment_id, c.post_id, c.parent_comment_id, state, NULL::text, NULL::json, 0, false,
      c.created_at, NULL::timestamptz, true;
  END IF;
END
$$;

-- The beginnings of a post's threads, newest first from before a place. Walks idx_comments_threads.
CREATE FUNCTION threads_of(post uuid, before timestamptz, before_id uuid, size int) RETURNS TABLE (
  comment_id uuid, post_id uuid, parent_comment_id uuid, state text, content text, author json, like_count int,
  liked boolean, created_at timestamptz, edited_at timestamptz, has_replies boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF shows_post(post) THEN
    RETURN QUERY
      SELECT card.* FROM comments c CROSS JOIN LATERAL comment_card(c) card
      WHERE c.post_id = post AND c.parent_comment_id IS NULL AND (c.created_at, c.comment_id) < (before, before_id)
      ORDER BY c.created_at DESC, c.comment_id DESC LIMIT size;
  END IF;
END
$$;

-- What stands right under a comment, oldest first from after a place. Walks idx_comments_parent.
CREATE FUNCTION replies_to(comment uuid, after timestamptz, after_id uuid, size int) RETURNS TABLE (
  comment_id uuid, post_id uuid, parent_comment_id uuid, state text, content text, author json, like_count int,
  liked boolean, created_at timestamptz, edited_at timestamptz, has_replies boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF shows_post((SELECT c.post_id FROM comments c WHERE c.comment_id = comment)) THEN
    RETURN QUERY
      SELECT card.* FROM comments c CROSS JOIN LATERAL comment_card(c) card
      WHERE c.parent_comment_id = comment AND (c.created_at, c.comment_id) > (after, after_id)
      ORDER BY c.created_at, c.comment_id LIMIT size;
  END IF;
END
$$;

-- Whether a comment has a place that this reader may look under.
CREATE FUNCTION shows_comment(comment uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN EXISTS (
    SELECT FROM comments c CROSS JOIN LATERAL comment_card(c) WHERE c.comment_id = comment AND shows_post(c.post_id));
END
$$;

-- Whether nothing that everybody reads is kept from this person: they have muted and blocked nobody, and nobody has
-- blocked them.
CREATE FUNCTION hears_everybody(person uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN NOT EXISTS (SELECT FROM user_mutes WHERE muter_id = person)
    AND NOT EXISTS (SELECT FROM user_blocks WHERE blocker_id = person)
    AND NOT EXISTS (SELECT FROM user_blocks WHERE blocked_id = person);
END
$$;

GRANT EXECUTE ON FUNCTION shows_post(uuid), shows_comment(uuid), is_kept_apart(uuid), hears_everybody(uuid),
  threads_of(uuid, timestamptz, uuid, int), replies_to(uuid, timestamptz, uuid, int) TO app_user;

-- ============================================================================
-- What is about to be written on is held until the transaction ends
-- ============================================================================

-- Why the actor may not comment there: post, parent (nothing to be seen there), closed, too_deep; NULL when they may. A
-- comment that is gone takes no more replies.
CREATE FUNCTION hold_comment_place(post uuid, parent uuid) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  closed_at timestamptz;
  is_third boolean;
BEGIN
  SELECT p.comments_closed_at INTO closed_at FROM posts p
  WHERE p.post_id = post AND p.status = 'published' AND NOT is_kept_apart(p.author_id) FOR KEY SHARE;
  IF NOT FOUND THEN RETURN 'post'; END IF;
  IF closed_at IS NOT NULL THEN RETURN 'closed'; END IF;
  IF parent IS NULL THEN RETURN NULL; END IF;
  SELECT g.parent_comment_id IS NOT NULL INTO is_third
  FROM comments c LEFT JOIN comments g ON g.comment_id = c.parent_comment_id
  WHERE c.comment_id = parent AND c.post_id = post AND c.status = 'published' AND NOT is_kept_apart(c.author_id)
  FOR KEY SHARE OF c;
  IF NOT FOUND THEN RETURN 'parent'; END IF;
  RETURN CASE WHEN is_third THEN 'too_deep' END;
END
$$;
GRANT EXECUTE ON FUNCTION hold_comment_place(uuid, uuid) TO app_user;

-- As before, and not across a block.
CREATE OR REPLACE FUNCTION hold_reaction_target(entity_type text, entity_id uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  CASE entity_type
    WHEN 'post' THEN PERFORM FROM posts p
      WHERE p.post_id = entity_id AND p.status = 'published' AND NOT is_kept_apart(p.author_id) FOR KEY SHARE;
    WHEN 'comment' THEN PERFORM FROM comments c
      WHERE c.comment_id = entity_id AND c.status = 'published' AND NOT is_kept_apart(c.author_id)
        AND shows_post(c.post_id) FOR KEY SHARE;
    WHEN 'project' THEN PERFORM FROM projects p WHERE p.project_id = entity_id AND p.status = 'approved' FOR KEY SHARE;
    WHEN 'profile' THEN PERFORM FROM users u WHERE u.user_id = entity_id AND u.status = 'active' FOR KEY SHARE;
    ELSE RETURN false;
  END CASE;
  RETURN FOUND;
END
$$;
