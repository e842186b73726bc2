-- Why: staff tell many people something at once: whom is a small closed set of filters, found by one function, so that what was
-- counted and what is told are the same people. Expands.
-- Locks: users, programs and partners against writes for the moment in which foreign keys are added to an empty table.

CREATE TABLE broadcasts (
  broadcast_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  type VARCHAR(20) NOT NULL, -- marketing: only for who agreed to it
  channels TEXT[] NOT NULL DEFAULT '{}', -- beside the list in the application
  texts JSONB NOT NULL, -- {"en": {"title", "message", "action"}, "sw": …, "fr": …}
  path VARCHAR(300), -- a page of ours that it leads to

  -- Whom: everybody whom all of it fits
  role_name VARCHAR(50),
  country VARCHAR(2),
  language VARCHAR(10),
  narrowed_by VARCHAR(10), -- then nobody once what narrows it is gone
  program_id UUID REFERENCES programs(program_id) ON DELETE SET NULL,
  partner_id UUID REFERENCES partners(partner_id) ON DELETE SET NULL,
  followed_id UUID REFERENCES users(user_id) ON DELETE SET NULL,

  status VARCHAR(10) NOT NULL DEFAULT 'draft',
  fact_id UUID UNIQUE,
  people INT, -- as it was confirmed
  told INT NOT NULL DEFAULT 0, -- come to so far
  created_by UUID REFERENCES users(user_id) ON DELETE SET NULL,
  sent_by UUID REFERENCES users(user_id) ON DELETE SET NULL,
  stopped_by UUID REFERENCES users(user_id) ON DELETE SET NULL,
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  sent_at TIMESTAMPTZ,
  finished_at TIMESTAMPTZ,

  CONSTRAINT known_type CHECK (type IN ('account', 'marketing')),
  CONSTRAINT known_channels CHECK (channels <@ ARRAY['email', 'sms', 'push']),
  CONSTRAINT all_languages CHECK (
    coalesce(length(texts->'en'->>'title') > 0 AND length(texts->'en'->>'message') > 0
      AND length(texts->'sw'->>'title') > 0 AND length(texts->'sw'->>'message') > 0
      AND length(texts->'fr'->>'title') > 0 AND length(texts->'fr'->>'message') > 0, false)
    AND octet_length(texts::text) <= 20000),
  CONSTRAINT own_path CHECK (path ~ '^/([^/\\]|$)'),
  CONSTRAINT known_role CHECK (role_name IN ('member', 'coach', 'partner', 'admin', 'super_admin')),
  CONSTRAINT known_language CHECK (language IN ('en', 'sw', 'fr')),
  CONSTRAINT known_narrowing CHECK (narrowed_by IN ('program', 'partner', 'followers')),
  CONSTRAINT narrowed_by_one CHECK (
    (program_id IS NULL OR narrowed_by IS NOT DISTINCT FROM 'program')
    AND (partner_id IS NULL OR narrowed_by IS NOT DISTINCT FROM 'partner')
    AND (followed_id IS NULL OR narrowed_by IS NOT DISTINCT FROM 'followers')),
  CONSTRAINT known_status CHECK (status IN ('draft', 'sending', 'sent', 'stopped')),
  CONSTRAINT sent_is_confirmed CHECK ((status = 'draft') = (sent_at IS NULL) AND (status = 'draft') = (people IS NULL)),
  CONSTRAINT ended_has_its_time CHECK ((status IN ('sent', 'stopped')) = (finished_at IS NOT NULL))
);
CREATE INDEX idx_broadcasts_program ON broadcasts(program_id) WHERE program_id IS NOT NULL;
CREATE INDEX idx_broadcasts_partner ON broadcasts(partner_id) WHERE partner_id IS NOT NULL;
CREATE INDEX idx_broadcasts_followed ON broadcasts(followed_id) WHERE followed_id IS NOT NULL;
CREATE INDEX idx_broadcasts_created_by ON broadcasts(created_by) WHERE created_by IS NOT NULL;
CREATE INDEX idx_broadcasts_sent_by ON broadcasts(sent_by) WHERE sent_by IS NOT NULL;
CREATE INDEX idx_broadcasts_stopped_by ON broadcasts(stopped_by) WHERE stopped_by IS NOT NULL;
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON broadcasts FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- What people were told stays as they were told it, and a broadcast never goes back. What narrows it may be gone.
CREATE FUNCTION keep_broadcast() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF OLD.status <> 'draft' AND (
    (NEW.type, NEW.channels, NEW.texts, NEW.path, NEW.role_name, NEW.country, NEW.language, NEW.narrowed_by, NEW.people, NEW.sent_at)
      IS DISTINCT FROM
    (OLD.type, OLD.channels, OLD.texts, OLD.path, OLD.role_name, OLD.country, OLD.language, OLD.narrowed_by, OLD.people, OLD.sent_at)
    OR coalesce(NEW.program_id, OLD.program_id) IS DISTINCT FROM OLD.program_id
    OR coalesce(NEW.partner_id, OLD.partner_id) IS DISTINCT FROM OLD.partner_id
    OR coalesce(NEW.followed_id, OLD.followed_id) IS DISTINCT FROM OLD.followed_id
    OR coalesce(NEW.fact_id, OLD.fact_id) IS DISTINCT FROM coalesce(OLD.fact_id, NEW.fact_id))
  THEN RAISE EXCEPTION 'a broadcast that was sent stays as it is' USING ERRCODE = 'check_violation', CONSTRAINT = 'sent_stays'; END IF;
  IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN
    (('draft', 'sending'), ('sending', 'sent'), ('sending', 'stopped'), ('sent', 'stopped'))
  THEN RAISE EXCEPTION 'a broadcast does not go back' USING ERRCODE = 'check_violation', CONSTRAINT = 'goes_on'; END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER keep_broadcast BEFORE UPDATE ON broadcasts FOR EACH ROW EXECUTE FUNCTION keep_broadcast();

-- The conditions of a broadcast over users as u, with the broadcast as $1: constant text, chosen by what is asked for, so that
-- each segment is planned from its narrow side and no value is ever part of a statement.
CREATE FUNCTION broadcast_conditions(b broadcasts) RETURNS text LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
  SELECT ' u.status = ''active'' AND u.created_at <= coalesce(($1).sent_at, now())'
    || CASE WHEN b.role_name IS NULL THEN '' ELSE '
      AND EXISTS (SELECT FROM user_roles r WHERE r.user_id = u.user_id AND r.role_name = ($1).role_name AND r.revoked_at IS NULL
        AND r.valid_from <= now() AND (r.expires_at IS NULL OR r.expires_at > now()))' END
    || CASE WHEN b.country IS NULL THEN '' ELSE '
      AND EXISTS (SELECT FROM user_profiles p WHERE p.user_id = u.user_id AND p.location->>''country'' = ($1).country)' END
    || CASE WHEN b.language IS NULL THEN '' ELSE '
      AND EXISTS (SELECT FROM user_settings l WHERE l.user_id = u.user_id AND l.language = ($1).language)' END
    || CASE b.narrowed_by
      WHEN 'program' THEN '
      AND EXISTS (SELECT FROM enrollments e WHERE e.user_id = u.user_id AND e.program_id = ($1).program_id
        AND e.status IN (''active'', ''completed''))'
      WHEN 'partner' THEN '
      AND EXISTS (SELECT FROM partner_members m WHERE m.user_id = u.user_id AND m.partner_id = ($1).partner_id)'
      WHEN 'followers' THEN '
      AND EXISTS (SELECT FROM user_connections c WHERE c.follower_id = u.user_id AND c.following_id = ($1).followed_id)'
      ELSE '' END
$$;

-- Whether somebody's last word on marketing was yes (R9); whoever never said anything has not.
CREATE FUNCTION agreed_to_marketing(person uuid) RETURNS boolean LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT coalesce((SELECT c.granted FROM user_consents c WHERE c.user_id = person AND c.purpose = 'marketing'
    ORDER BY c.recorded_at DESC, c.consent_id DESC LIMIT 1), false)
$$;

-- How many people that is now, and how many each way reaches; of the others, why not. For staff alone.
CREATE FUNCTION broadcast_reach(id uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  b broadcasts;
  reach json;
BEGIN
  IF NOT actor_is_staff() THEN RETURN NULL; END IF;
  SELECT * INTO b FROM broadcasts WHERE broadcast_id = id;
  IF NOT FOUND THEN RETURN NULL; END IF;
  EXECUTE '
    WITH who AS MATERIALIZED (
      SELECT ($1).type <> ''marketing'' OR agreed_to_marketing(u.user_id) AS agreed,
        coalesce(u.email_verified, false) AND NOT EXISTS (SELECT FROM mail_suppressions x WHERE x.user_id = u.user_id AND x.lifted_at IS NULL) AS has_email,
        coalesce(u.phone_verified, false) AS has_sms,
        EXISTS (SELECT FROM push_subscriptions x WHERE x.user_id = u.user_id) AS has_push,
        is_type_on(coalesce(s.email_notifications, ''{"all": true}''), ($1).type) AS on_email, is_type_on(s.sms_notifications, ($1).type) AS on_sms,
        is_type_on(coalesce(s.push_notifications, ''{"all": true}''), ($1).type) AS on_push
      FROM users u LEFT JOIN user_settings s ON s.user_id = u.user_id
      WHERE ' || broadcast_conditions(b) || ')
    SELECT json_build_object(
      ''people'', count(*) FILTER (WHERE agreed), ''without_consent'', count(*) FILTER (WHERE NOT agreed),
      ''email'', json_build_object(''reachable'', count(*) FILTER (WHERE agreed AND on_email AND has_email),
        ''switched_off'', count(*) FILTER (WHERE agreed AND NOT on_email),
        ''no_address'', count(*) FILTER (WHERE agreed AND on_email AND NOT has_email)),
      ''sms'', json_build_object(''reachable'', count(*) FILTER (WHERE agreed AND on_sms AND has_sms),
        ''switched_off'', count(*) FILTER (WHERE agreed AND NOT on_sms),
        ''no_address'', count(*) FILTER (WHERE agreed AND on_sms AND NOT has_sms)),
      ''push'', json_build_object(''reachable'', count(*) FILTER (WHERE agreed AND on_push AND has_push),
        ''switched_off'', count(*) FILTER (WHERE agreed AND NOT on_push),
        ''no_address'', count(*) FILTER (WHERE agreed AND on_push AND NOT has_push)))
    FROM who' INTO reach USING b;
  RETURN reach;
END
$$;

-- As `matrixOf` of src/domains/identity has it: marketing needs a yes of its own.
CREATE FUNCTION is_type_on(choices jsonb, type text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce((choices->>type)::boolean, CASE WHEN type <> 'marketing' THEN (choices->>'all')::boolean END, false)
$$;

-- The next people of one that is being sent, by id after the one who was last; none once it was stopped. Its row is held until the
-- commit, so that stopping waits for this slice and the next one sees it. For jobs alone.
CREATE FUNCTION next_of_broadcast(id uuid, after uuid, most int) RETURNS SETOF uuid
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  b broadcasts;
  came int;
BEGIN
  SELECT * INTO b FROM broadcasts WHERE broadcast_id = id AND status = 'sending' FOR NO KEY UPDATE;
  IF NOT FOUND THEN RETURN; END IF;
  RETURN QUERY EXECUTE '
    SELECT u.user_id FROM users u
    WHERE u.user_id > $2 AND ' || broadcast_conditions(b) || '
      AND (($1).type <> ''marketing'' OR agreed_to_marketing(u.user_id))
    ORDER BY u.user_id LIMIT $3'
    USING b, coalesce(after, '00000000-0000-0000-0000-000000000000'), most;
  GET DIAGNOSTICS came = ROW_COUNT;
  UPDATE broadcasts SET told = told + came, status = CASE WHEN came < most THEN 'sent' ELSE status END,
    finished_at = CASE WHEN came < most THEN now() END
  WHERE broadcast_id = id;
END
$$;
REVOKE EXECUTE ON FUNCTION next_of_broadcast(uuid, uuid, int), broadcast_reach(uuid), agreed_to_marketing(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION next_of_broadcast(uuid, uuid, int), agreed_to_marketing(uuid), broadcast_conditions(broadcasts) TO app_worker;
GRANT EXECUTE ON FUNCTION broadcast_reach(uuid) TO app_user;

-- What was told to whoever knows its id; a draft is staff's.
CREATE FUNCTION broadcast_texts(ids uuid[]) RETURNS TABLE (broadcast_id uuid, texts jsonb, path text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT b.broadcast_id, b.texts, b.path::text FROM broadcasts b
    WHERE b.broadcast_id = ANY (ids) AND b.status <> 'draft';
END
$$;
REVOKE EXECUTE ON FUNCTION broadcast_texts(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION broadcast_texts(uuid[]) TO app_user, app_worker;

-- As staff read it, with the names of now.
CREATE FUNCTION broadcast_json(b broadcasts) RETURNS json
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT json_build_object(
    'broadcast_id', b.broadcast_id, 'type', b.type, 'channels', b.channels, 'texts', b.texts, 'path', b.path,
    'segment', json_build_object('role', b.role_name, 'country', b.country, 'language', b.language, 'narrowed_by', b.narrowed_by,
      'of', coalesce(b.program_id, b.partner_id, b.followed_id),
      'name', coalesce((SELECT p.title FROM programs p WHERE p.program_id = b.program_id),
        (SELECT p.organization_name FROM partners p WHERE p.partner_id = b.partner_id),
        (SELECT p.card->>'full_name' FROM people p WHERE p.user_id = b.followed_id))),
    'status', b.status, 'people', b.people, 'told', b.told, 'fact_id', b.fact_id,
    'created_by', (SELECT p.card FROM people p WHERE p.user_id = b.created_by), 'created_at', b.created_at,
    'sent_by', (SELECT p.card FROM people p WHERE p.user_id = b.sent_by), 'sent_at', b.sent_at,
    'stopped_by', (SELECT p.card FROM people p WHERE p.user_id = b.stopped_by), 'finished_at', b.finished_at)
$$;
GRANT EXECUTE ON FUNCTION broadcast_json(broadcasts) TO app_user;

GRANT SELECT, INSERT, UPDATE, DELETE ON broadcasts TO app_user;
GRANT SELECT, UPDATE ON broadcasts TO app_worker;
ALTER TABLE broadcasts ENABLE ROW LEVEL SECURITY;
CREATE POLICY broadcasts_read ON broadcasts FOR SELECT TO app_user USING ((SELECT actor_is_staff()));
CREATE POLICY broadcasts_add ON broadcasts FOR INSERT TO app_user
  WITH CHECK ((SELECT actor_is_staff()) AND created_by = (SELECT actor_id()) AND status = 'draft');
CREATE POLICY broadcasts_change ON broadcasts FOR UPDATE TO app_user USING ((SELECT actor_is_staff()))
  WITH CHECK ((SELECT actor_is_staff()) AND (sent_by IS NULL OR status <> 'draft'));
CREATE POLICY broadcasts_remove ON broadcasts FOR DELETE TO app_user USING ((SELECT actor_is_staff()) AND status = 'draft');
CREATE POLICY broadcasts_jobs ON broadcasts TO app_worker USING (true) WITH CHECK (true);
