-- Why: some things are told once however often they are done again: a follow that is taken back and given anew. Such a fact brings
-- its own id; what was told of it within ninety days the deliveries know (R28). Expands, and drops a function that takes one less.
-- Locks: none that matter.

DROP FUNCTION publish_fact(text, uuid, text, uuid, jsonb, uuid[], timestamptz, text);
CREATE FUNCTION publish_fact(
  fact_name text, actor uuid, about_type text, about_id uuid, with_params jsonb, to_people uuid[], due timestamptz, key text,
  own_id uuid)
RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  id uuid;
BEGIN
  IF own_id IS NOT NULL THEN
    INSERT INTO facts (fact_id, name, actor_id, reference_type, reference_id, params, recipients, due_at, cause_key)
    VALUES (own_id, fact_name, actor, about_type, about_id, with_params, to_people, coalesce(due, now()), key)
    ON CONFLICT DO NOTHING;
    RETURN own_id;
  END IF;
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
GRANT EXECUTE ON FUNCTION publish_fact(text, uuid, text, uuid, jsonb, uuid[], timestamptz, text, uuid) TO app_user, app_worker;
