-- Why: whoever proves again who they are gets a new session in the place of theirs; their browser is told by push as before. Expands.
-- Locks: none that matter, a function is new.

-- Both sessions are the actor's own, so that nobody moves what is another's.
CREATE FUNCTION replace_session(old uuid, new uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE push_subscriptions p SET session_id = n.session_id
  FROM sessions o, sessions n
  WHERE p.session_id = o.session_id AND o.session_id = old AND n.session_id = new
    AND o.user_id = actor_id() AND n.user_id = actor_id() AND n.impersonator_id IS NULL
$$;
REVOKE EXECUTE ON FUNCTION replace_session(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION replace_session(uuid, uuid) TO app_user;
