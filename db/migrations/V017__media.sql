-- Why: an upload goes from announced to ready or failed in steps that survive a crash; whoever works on it has claimed it for
-- a while, what it became is listed, and what nobody needs any more says from when on it may be removed.
-- Locks: media_assets for the moment of each change; it holds few rows, since nothing has written it so far.

ALTER TABLE media_assets
  ADD COLUMN upload_expires_at TIMESTAMPTZ, -- until when the upload may be completed
  ADD COLUMN processing_started_at TIMESTAMPTZ, -- the claim of who works on it
  ADD COLUMN processing_attempts INT NOT NULL DEFAULT 0,
  ADD COLUMN failure_code VARCHAR(50), -- media.damaged …
  ADD COLUMN variants JSONB, -- [{key, width, height, type, bytes}, ...]
  ADD COLUMN remove_after TIMESTAMPTZ; -- NULL: in use

ALTER TABLE media_assets ADD CONSTRAINT claimed_while_processing
  CHECK (processing_status <> 'processing' OR processing_started_at IS NOT NULL) NOT VALID;
ALTER TABLE media_assets VALIDATE CONSTRAINT claimed_while_processing;
ALTER TABLE media_assets ADD CONSTRAINT failed_for_a_reason
  CHECK (processing_status <> 'failed' OR failure_code IS NOT NULL) NOT VALID;
ALTER TABLE media_assets VALIDATE CONSTRAINT failed_for_a_reason;
-- What is neither finished nor swept would stay for ever.
ALTER TABLE media_assets ADD CONSTRAINT unfinished_upload_ends
  CHECK (upload_expires_at IS NULL OR processing_status = 'ready' OR remove_after IS NOT NULL) NOT VALID;
ALTER TABLE media_assets VALIDATE CONSTRAINT unfinished_upload_ends;

-- A person has one photo and one cover at a time.
-- safe: the table is as good as empty
CREATE UNIQUE INDEX one_picture_at_a_time ON media_assets(uploaded_by, usage_type)
  WHERE usage_type IN ('profile_photo', 'cover_photo') AND processing_status = 'ready' AND remove_after IS NULL;
-- What the sweep walks.
-- safe: the table is as good as empty
CREATE INDEX idx_media_remove_after ON media_assets(remove_after) WHERE remove_after IS NOT NULL;

-- At most five uploads that are begun and neither finished nor expired. The lock makes two that begin at once see each other.
CREATE FUNCTION limit_open_uploads() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('open uploads of ' || NEW.uploaded_by, 0));
  IF (SELECT count(*) FROM media_assets
      WHERE uploaded_by = NEW.uploaded_by AND processing_status IN ('uploaded', 'processing') AND upload_expires_at > now()) >= 5 THEN
    RAISE check_violation USING MESSAGE = 'five uploads are open', TABLE = 'media_assets', CONSTRAINT = 'five_open_uploads';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER limit_open_uploads BEFORE INSERT ON media_assets FOR EACH ROW
  WHEN (NEW.upload_expires_at IS NOT NULL) EXECUTE FUNCTION limit_open_uploads();
