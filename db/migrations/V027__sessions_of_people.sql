-- Why: whoever changes what somebody may do, the owner of a partner too, drops the cached copies of that person's sessions,
-- whose rows row security hides from them. Expands.
-- Locks: none.

-- The sessions that these people hold, and those in which they act for somebody else. An id opens nothing without its secret.
CREATE FUNCTION session_ids_of(people uuid[]) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT session_id FROM sessions WHERE user_id = ANY (people) OR impersonator_id = ANY (people)
$$;

GRANT EXECUTE ON FUNCTION session_ids_of(uuid[]) TO app_user, app_worker;
