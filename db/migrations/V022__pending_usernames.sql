-- Why: a username that is asked for together with an address must not tell, by being taken from then on, that the address
-- had no account. It belongs to an account that is open; of those that wait, whoever asks last has it.
-- Locks: users for the instant in which a trigger is added. Expands.

-- Before the row, so that the unique index finds the name free; whoever opens their account meanwhile keeps it.
CREATE FUNCTION yield_pending_username() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE users SET username = NULL
  WHERE lower(username) = lower(NEW.username) AND user_id <> NEW.user_id AND status = 'pending_verification';
  RETURN NEW;
END
$$;
CREATE TRIGGER yield_pending_username BEFORE INSERT OR UPDATE OF username ON users
  FOR EACH ROW WHEN (NEW.username IS NOT NULL) EXECUTE FUNCTION yield_pending_username();
