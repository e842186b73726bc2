-- Why: one search over people, programs, posts and events that answers while somebody types. Expands.
-- Locks: users, programs and events, for as long as each gets an index of the words of its names: a second or two for
-- 100,000 people.

-- ============================================================================
-- Words as they are typed: folded, unstemmed, the last one half-way
-- ============================================================================

-- The words of a name or title. Immutable as fold_text is.
CREATE FUNCTION name_words(name text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  RETURN to_tsvector('pg_catalog.simple', regexp_replace(public.fold_text(name), '[^[:alnum:]]+', ' ', 'g'));
END
$$;

-- The first eight words of two letters and more: a single letter begins half of all names.
CREATE FUNCTION typed_words(typed text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  RETURN (
    SELECT coalesce(array_agg(word ORDER BY place), '{}')
    FROM (SELECT word, place FROM regexp_split_to_table(public.fold_text(typed), '[^[:alnum:]]+') WITH ORDINALITY AS w(word, place)
          WHERE length(word) > 1 ORDER BY place LIMIT 8) words);
END
$$;

-- What begins with each of these words, which hold letters and digits alone. Null of none.
CREATE FUNCTION typed_query(words text[]) RETURNS tsquery LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  RETURN (SELECT string_agg('''' || word || ''':*', ' & ')::tsquery FROM unnest(words) word);
END
$$;
GRANT EXECUTE ON FUNCTION name_words(text), typed_words(text), typed_query(text[]) TO app_user, app_worker;

-- safe: a second or two for 100,000 people; without a pending list, as idx_users_search
CREATE INDEX idx_users_name_words ON users USING gin (name_words(full_name || ' ' || coalesce(username, '')))
  WITH (fastupdate = off) WHERE status = 'active';
-- safe: programs are few thousands
CREATE INDEX idx_programs_title_words ON programs USING gin (name_words(title));
-- safe: events are few thousands
CREATE INDEX idx_events_title_words ON events USING gin (name_words(title));

-- ============================================================================
-- What is found, the best first: ids of what is published and of who is there. With the owner's rights: under row security
-- @@ is not leakproof and would not use an index (R34); whoever asks joins the ids to what its reader may see.
-- ============================================================================

-- Who is called exactly so, then whose name begins so, then whom most follow; of a beginning that more than two hundred share,
-- those who came first.
CREATE FUNCTION search_people(typed text, most int) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
  words text[] := typed_words(typed);
  folded text := fold_text(btrim(typed));
BEGIN
  RETURN QUERY
    SELECT f.user_id
    FROM (
      SELECT u.user_id, u.username, u.full_name FROM users u WHERE lower(u.username) = folded AND u.status = 'active'
      UNION
      (SELECT u.user_id, u.username, u.full_name FROM users u
       WHERE u.status = 'active' AND name_words(u.full_name || ' ' || coalesce(u.username, '')) @@ typed_query(words)
       LIMIT 200)
    ) f LEFT JOIN user_profiles p ON p.user_id = f.user_id
    ORDER BY lower(f.username) IS NOT DISTINCT FROM folded DESC, starts_with(fold_text(f.full_name), folded) DESC,
      p.follower_count DESC NULLS LAST, f.user_id
    LIMIT most;
END
$$;

-- By title, then by what they are about; those that most learn first. The settings leave the planner nothing but the two
-- indexes: it would expect to meet enough by walking.
CREATE FUNCTION search_programs(typed text, most int) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off SET enable_indexscan = off AS $$
DECLARE
  named tsquery := typed_query(typed_words(typed));
BEGIN
  RETURN QUERY
    SELECT f.program_id
    FROM (
      (SELECT p.program_id, p.enrollment_count, true AS by_title FROM programs p
       WHERE name_words(p.title) @@ named AND p.status = 'published' AND p.deleted_at IS NULL LIMIT 400)
      UNION ALL
      (SELECT p.program_id, p.enrollment_count, false FROM programs p
       WHERE search_document(p.language, coalesce(p.title, '') || ' ' || coalesce(p.category, '') || ' ' || coalesce(p.description, ''))
         @@ search_query(typed) AND p.status = 'published' AND p.deleted_at IS NULL LIMIT 400)
    ) f
    GROUP BY f.program_id, f.enrollment_count
    ORDER BY bool_or(f.by_title) DESC, f.enrollment_count DESC NULLS LAST, f.program_id
    LIMIT most;
END
$$;

-- Among those to come, of which there are some hundreds, by title, the next first.
CREATE FUNCTION search_coming_events(words text[], most int) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
  beginnings text[] := ARRAY(SELECT '\m' || word FROM unnest(words) word);
BEGIN
  IF cardinality(words) = 0 THEN RETURN; END IF;
  RETURN QUERY
    SELECT f.event_id
    FROM (SELECT e.event_id, e.title, e.event_date FROM events e WHERE e.status = 'published' AND e.event_date > now() - interval '1 day'
          ORDER BY e.event_date, e.event_id LIMIT 500) f
    WHERE fold_text(f.title) ~ ALL (beginnings)
    ORDER BY f.event_date, f.event_id
    LIMIT most;
END
$$;

-- By title, then by what they are about; of each those to come before those that are over.
CREATE FUNCTION search_all_events(typed text, most int) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off SET enable_indexscan = off AS $$
DECLARE
  named tsquery := typed_query(typed_words(typed));
BEGIN
  RETURN QUERY
    SELECT f.event_id
    FROM (
      (SELECT e.event_id, e.event_date, true AS by_title FROM events e
       WHERE name_words(e.title) @@ named AND e.status IN ('published', 'in_progress', 'completed') LIMIT 400)
      UNION ALL
      (SELECT e.event_id, e.event_date, false FROM events e
       WHERE search_document(e.language, coalesce(e.title, '') || ' ' || coalesce(e.description, '')) @@ search_query(typed)
         AND e.status IN ('published', 'in_progress', 'completed') LIMIT 400)
    ) f
    GROUP BY f.event_id, f.event_date
    ORDER BY bool_or(f.by_title) DESC, f.event_date < now() - interval '1 day', abs(extract(epoch FROM f.event_date - now())), f.event_id
    LIMIT most;
END
$$;

CREATE FUNCTION search_events(typed text, most int) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  coming uuid[] := ARRAY(SELECT search_coming_events(typed_words(typed), most));
BEGIN
  RETURN QUERY SELECT unnest(coming);
  IF cardinality(coming) < most THEN
    RETURN QUERY SELECT a.event_id FROM search_all_events(typed, most) a(event_id)
      WHERE a.event_id <> ALL (coming) LIMIT most - cardinality(coming);
  END IF;
END
$$;

-- Among the newest three hundred, those that hold all words: what many posts have is found there in 4 ms, and asking the
-- index for it would read a posting for each of them.
CREATE FUNCTION search_newest_posts(words text[], most int) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
  beginnings text[] := ARRAY(SELECT '\m' || word FROM unnest(words) word);
BEGIN
  IF cardinality(words) = 0 THEN RETURN; END IF;
  RETURN QUERY
    SELECT f.post_id
    FROM (SELECT p.post_id, p.title, p.content, p.published_at FROM posts p WHERE p.status = 'published'
          ORDER BY p.published_at DESC, p.post_id DESC LIMIT 300) f
    WHERE fold_text(coalesce(f.title, '') || ' ' || f.content) ~ ALL (beginnings)
    ORDER BY f.published_at DESC, f.post_id DESC
    LIMIT most;
END
$$;

-- By idx_posts_fts, those that most liked of three hundred. A word that is alone may be typed half-way: had the newest posts
-- not been without it, it would begin too many words to be looked for.
CREATE FUNCTION search_all_posts(typed text, most int) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off SET enable_indexscan = off AS $$
DECLARE
  words text[] := typed_words(typed);
  query tsquery := search_query(typed);
BEGIN
  IF cardinality(words) = 1 THEN query := query || typed_query(words); END IF;
  RETURN QUERY
    SELECT f.post_id
    FROM (
      SELECT p.post_id, p.like_count, p.published_at FROM posts p
      WHERE p.status = 'published'
        AND search_document(p.language, coalesce(p.title, '') || ' ' || coalesce(p.content, '')) @@ query
      LIMIT 300
    ) f
    ORDER BY f.like_count DESC NULLS LAST, f.published_at DESC, f.post_id
    LIMIT most;
END
$$;

-- A third of what is asked for will do: a word that one post in sixty holds is not looked for in all of them.
CREATE FUNCTION search_posts(typed text, most int) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  newest uuid[] := ARRAY(SELECT search_newest_posts(typed_words(typed), most));
BEGIN
  RETURN QUERY SELECT unnest(newest);
  IF cardinality(newest) < most / 3 THEN
    RETURN QUERY SELECT a.post_id FROM search_all_posts(typed, most) a(post_id)
      WHERE a.post_id <> ALL (newest) LIMIT most - cardinality(newest);
  END IF;
END
$$;

GRANT EXECUTE ON FUNCTION search_people(text, int), search_programs(text, int), search_events(text, int), search_posts(text, int)
  TO app_user, app_worker;
