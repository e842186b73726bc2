-- Why: Web Push: where a person's browsers can be reached, for as long as they are signed in there, and whether they were asked. Expands.
-- Locks: users and sessions against writes for the moment in which foreign keys are added to empty tables.

-- Ends with the session that made it: who signs out is told nothing there any more.
CREATE TABLE push_subscriptions (
  subscription_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  user_id UUID NOT NULL REFERENCES users(user_id) ON DELETE CASCADE,
  session_id UUID NOT NULL REFERENCES sessions(session_id) ON DELETE CASCADE,
  service VARCHAR(255) NOT NULL, -- the push service's host
  endpoint_cipher BYTEA NOT NULL, -- whoever knows an endpoint can follow a browser: sealed (R19)
  endpoint_index BYTEA NOT NULL UNIQUE,
  endpoint_index_next BYTEA,
  keys_cipher BYTEA NOT NULL, -- p256dh and auth (RFC 8291), sealed
  failures INT NOT NULL DEFAULT 0, -- in a row
  accepted_at TIMESTAMPTZ, -- when the service last took something
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
);
CREATE INDEX idx_push_subscriptions_user ON push_subscriptions(user_id);
CREATE INDEX idx_push_subscriptions_session ON push_subscriptions(session_id);
CREATE INDEX idx_push_subscriptions_index_next ON push_subscriptions(endpoint_index_next) WHERE endpoint_index_next IS NOT NULL;

-- The actor's own, of the actor's own session. A browser's endpoint is one person's at a time: whoever signed in there last. Above
-- the ceiling the one that has been silent for longest makes room. The lock lets one person's count one after the other.
CREATE FUNCTION add_push_subscription(session uuid, host text, endpoint bytea, index bytea, next bytea, keys bytea, most int) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  id uuid;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('push subscriptions of ' || actor_id(), 0));
  DELETE FROM push_subscriptions p WHERE p.endpoint_index_next IN (index, next);
  INSERT INTO push_subscriptions AS p (user_id, session_id, service, endpoint_cipher, endpoint_index, endpoint_index_next, keys_cipher)
  SELECT s.user_id, s.session_id, host, endpoint, index, next, keys FROM sessions s
  WHERE s.session_id = session AND s.user_id = actor_id() AND s.impersonator_id IS NULL AND s.expires_at > now()
  ON CONFLICT (endpoint_index) DO UPDATE SET user_id = excluded.user_id, session_id = excluded.session_id, service = excluded.service,
    endpoint_cipher = excluded.endpoint_cipher, endpoint_index_next = excluded.endpoint_index_next, keys_cipher = excluded.keys_cipher,
    failures = 0, accepted_at = NULL, created_at = now()
  RETURNING p.subscription_id INTO id;
  DELETE FROM push_subscriptions p WHERE p.user_id = actor_id() AND p.subscription_id <> id AND p.subscription_id NOT IN (
    SELECT o.subscription_id FROM push_subscriptions o WHERE o.user_id = actor_id() AND o.subscription_id <> id
    ORDER BY coalesce(o.accepted_at, o.created_at) DESC, o.subscription_id DESC LIMIT most - 1);
  RETURN id;
END
$$;
REVOKE EXECUTE ON FUNCTION add_push_subscription(uuid, text, bytea, bytea, bytea, bytea, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION add_push_subscription(uuid, text, bytea, bytea, bytea, bytea, int) TO app_user;

-- Whoever was asked is not asked again, on any device.
CREATE TABLE push_offers (
  user_id UUID PRIMARY KEY REFERENCES users(user_id) ON DELETE CASCADE,
  answer VARCHAR(10) NOT NULL,
  answered_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  CONSTRAINT known_answer CHECK (answer IN ('yes', 'not_now'))
);

GRANT SELECT, DELETE ON push_subscriptions TO app_user;
GRANT SELECT, UPDATE, DELETE ON push_subscriptions TO app_worker;
GRANT SELECT, INSERT, UPDATE ON push_offers TO app_user;
GRANT SELECT, DELETE ON push_offers TO app_worker;
ALTER TABLE push_subscriptions ENABLE ROW LEVEL SECURITY;
CREATE POLICY push_subscriptions_read ON push_subscriptions FOR SELECT TO app_user USING (user_id = (SELECT actor_id()));
CREATE POLICY push_subscriptions_remove ON push_subscriptions FOR DELETE TO app_user USING (user_id = (SELECT actor_id()));
CREATE POLICY push_subscriptions_jobs ON push_subscriptions TO app_worker USING (true) WITH CHECK (true);
ALTER TABLE push_offers ENABLE ROW LEVEL SECURITY;
CREATE POLICY push_offers_read ON push_offers FOR SELECT TO app_user USING (user_id = (SELECT actor_id()));
CREATE POLICY push_offers_add ON push_offers FOR INSERT TO app_user WITH CHECK (user_id = (SELECT actor_id()));
CREATE POLICY push_offers_change ON push_offers FOR UPDATE TO app_user USING (user_id = (SELECT actor_id()));
CREATE POLICY push_offers_jobs ON push_offers TO app_worker USING (true) WITH CHECK (true);
