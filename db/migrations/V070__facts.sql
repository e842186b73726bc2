-- Why: a domain says in its own transaction that something has happened, or will be due at a moment; who is told of it, where and
-- when, is decided afterwards by whoever reads these rows. Expands.
-- Locks: none that matter, every object is new.

CREATE TABLE facts (
  fact_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  name VARCHAR(60) NOT NULL, -- learning.enrollment_created
  actor_id UUID REFERENCES users(user_id) ON DELETE SET NULL, -- who caused it
  reference_type VARCHAR(30),
  reference_id UUID, -- what it is about
  params JSONB NOT NULL DEFAULT '{}', -- ids and small values, never names or texts of people
  recipients UUID[], -- NULL: its name says who
  cause_key VARCHAR(200), -- under which it is replaced or cancelled while it waits
  due_at TIMESTAMPTZ NOT NULL DEFAULT NOW(), -- later: a reminder. 'infinity': it failed too often and waits for somebody
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  walked_to UUID, -- the last of many people who was told
  attempts SMALLINT NOT NULL DEFAULT 0,
  last_error VARCHAR(60),
  expanded_at TIMESTAMPTZ, -- everybody was told

  CONSTRAINT valid_name CHECK (name ~ '^[a-z_]+\.[a-z_]+$'),
  CONSTRAINT small_params CHECK (jsonb_typeof(params) = 'object' AND octet_length(params::text) <= 2000),
  CONSTRAINT some_recipients CHECK (cardinality(recipients) <= 1000)
);
CREATE INDEX idx_facts_due ON facts(due_at) WHERE expanded_at IS NULL;
CREATE INDEX idx_facts_expanded ON facts(expanded_at) WHERE expanded_at IS NOT NULL;
CREATE INDEX idx_facts_actor ON facts(actor_id) WHERE actor_id IS NOT NULL;
CREATE INDEX idx_facts_reference ON facts(reference_id) WHERE reference_id IS NOT NULL AND expanded_at IS NULL;
-- One that waits for each key; told ones may share it.
CREATE UNIQUE INDEX idx_facts_cause ON facts(cause_key text_pattern_ops) WHERE expanded_at IS NULL AND cause_key IS NOT NULL;

GRANT SELECT, INSERT, UPDATE, DELETE ON facts TO app_worker;
ALTER TABLE facts ENABLE ROW LEVEL SECURITY;
CREATE POLICY facts_jobs ON facts TO app_worker USING (true) WITH CHECK (true);

-- The app's role adds facts and sees none, as with jobs. A key that waits already: the new fact takes its place.
CREATE FUNCTION publish_fact(
  fact_name text, actor uuid, about_type text, about_id uuid, with_params jsonb, to_people uuid[], due timestamptz, key text)
RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  id uuid;
BEGIN
  INSERT INTO facts AS f (name, actor_id, reference_type, reference_id, params, recipients, due_at, cause_key)
  VALUES (fact_name, actor, about_type, about_id, with_params, to_people, coalesce(due, now()), key)
  ON CONFLICT (cause_key) WHERE expanded_at IS NULL AND cause_key IS NOT NULL DO UPDATE
    SET name = excluded.name, actor_id = excluded.actor_id, reference_type = excluded.reference_type,
      reference_id = excluded.reference_id, params = excluded.params, recipients = excluded.recipients,
      due_at = excluded.due_at, attempts = 0, last_error = NULL
  RETURNING f.fact_id INTO id;
  RETURN id;
END
$$;

-- Takes back what waits under a key, or under every key that begins so. What is being told at this instant stays told.
CREATE FUNCTION cancel_facts(key text, is_prefix boolean) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  cancelled int;
BEGIN
  IF is_prefix THEN
    DELETE FROM facts WHERE cause_key ^@ key AND expanded_at IS NULL;
  ELSE
    DELETE FROM facts WHERE cause_key = key AND expanded_at IS NULL;
  END IF;
  GET DIAGNOSTICS cancelled = ROW_COUNT;
  RETURN cancelled;
END
$$;
GRANT EXECUTE ON FUNCTION publish_fact(text, uuid, text, uuid, jsonb, uuid[], timestamptz, text), cancel_facts(text, boolean)
  TO app_user, app_worker;
