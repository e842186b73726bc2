-- Why: pictures of a portfolio: at most twenty a person, and a profile names none but its owner's own, while they are there.
-- Locks: media_assets and user_profiles for the moment in which each gets its trigger.

-- At most twenty that are there or on their way. The lock is that of limit_open_uploads: two that begin at once see each other.
CREATE FUNCTION limit_portfolio_pictures() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('open uploads of ' || NEW.uploaded_by, 0));
  IF (SELECT count(*) FROM media_assets
      WHERE uploaded_by = NEW.uploaded_by AND usage_type = 'portfolio' AND (
        (processing_status = 'ready' AND remove_after IS NULL) OR processing_status = 'processing'
        OR (processing_status = 'uploaded' AND upload_expires_at > now()))) >= 20 THEN
    RAISE check_violation USING MESSAGE = 'twenty portfolio pictures are there', TABLE = 'media_assets', CONSTRAINT = 'twenty_portfolio_pictures';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER limit_portfolio_pictures BEFORE INSERT ON media_assets FOR EACH ROW
  WHEN (NEW.usage_type = 'portfolio') EXECUTE FUNCTION limit_portfolio_pictures();

-- FOR SHARE: whoever removes one of them waits, and then finds it named.
CREATE FUNCTION check_portfolio_pictures() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  named CONSTANT text[] := ARRAY(
    SELECT DISTINCT item->>'asset_id' FROM jsonb_array_elements(NEW.portfolio_urls) item WHERE item->>'asset_id' IS NOT NULL);
  found int;
BEGIN
  SELECT count(*) INTO found FROM (
    SELECT FROM media_assets m
    WHERE m.uploaded_by = NEW.user_id AND m.asset_id::text = ANY (named) AND m.usage_type = 'portfolio'
      AND m.processing_status = 'ready' AND m.remove_after IS NULL
    FOR SHARE) own;
  IF found < cardinality(named) THEN
    RAISE check_violation USING MESSAGE = 'a portfolio names a picture that is not its owner''s',
      TABLE = 'user_profiles', CONSTRAINT = 'own_portfolio_pictures';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER check_portfolio_pictures BEFORE UPDATE OF portfolio_urls ON user_profiles FOR EACH ROW
  WHEN (NEW.portfolio_urls IS DISTINCT FROM OLD.portfolio_urls AND jsonb_typeof(NEW.portfolio_urls) = 'array')
  EXECUTE FUNCTION check_portfolio_pictures();
