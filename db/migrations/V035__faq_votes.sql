-- Why: people say which answers of the FAQ helped them, each once; a translation belongs to one original and is the only one
-- in its language. Expands.
-- Locks: faqs, for an instant: it has some dozen rows.

-- ============================================================================
-- FAQ_VOTES: whom an answer helped. helpful_count follows by delta (R15), so that it is the truth at every moment.
-- ============================================================================
CREATE TABLE faq_votes (
  faq_id UUID NOT NULL REFERENCES faqs(faq_id) ON DELETE CASCADE,
  user_id UUID NOT NULL REFERENCES users(user_id) ON DELETE CASCADE,
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  PRIMARY KEY (faq_id, user_id)
);
CREATE INDEX idx_faq_votes_user ON faq_votes(user_id);

CREATE FUNCTION count_faq_vote() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN PERFORM count_delta('faqs', 'helpful_count', NEW.faq_id, 1);
  ELSE PERFORM count_delta('faqs', 'helpful_count', OLD.faq_id, -1); END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER count_faq_vote AFTER INSERT OR DELETE ON faq_votes FOR EACH ROW EXECUTE FUNCTION count_faq_vote();

INSERT INTO counter_sources VALUES ('faqs', 'helpful_count', 'faq_id',
  'SELECT faq_id, count(*) FROM faq_votes GROUP BY 1');

-- Nobody's vote stood behind what was counted before.
UPDATE faqs SET helpful_count = 0 WHERE helpful_count IS DISTINCT FROM 0;

-- What has been folded, and what waits for that: a reader who has just voted sees it.
CREATE FUNCTION faq_helpful_count(faq uuid, folded int) RETURNS int
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN coalesce(folded, 0) + coalesce((
    SELECT sum(d.delta) FROM counter_deltas d
    WHERE d.table_name = 'faqs' AND d.counter = 'helpful_count' AND d.row_id = faq), 0);
END
$$;
GRANT EXECUTE ON FUNCTION faq_helpful_count(uuid, int) TO app_user;

-- ============================================================================
-- Translations: of an original, in another language, one a language. Neither what a row translates nor its language is
-- changed afterwards (no right to), so what holds when it is added holds for good.
-- ============================================================================
-- safe: some dozen rows, and only staff write them
CREATE UNIQUE INDEX faqs_one_translation_a_language ON faqs(translation_of, language) WHERE translation_of IS NOT NULL;

CREATE FUNCTION check_faq_translation() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM faqs o WHERE o.faq_id = NEW.translation_of
             AND (o.translation_of IS NOT NULL OR o.language = NEW.language)) THEN
    RAISE EXCEPTION 'a translation is of an original in another language'
      USING ERRCODE = 'check_violation', TABLE = 'faqs', CONSTRAINT = 'faq_translates_an_original';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER check_faq_translation BEFORE INSERT ON faqs
  FOR EACH ROW WHEN (NEW.translation_of IS NOT NULL) EXECUTE FUNCTION check_faq_translation();

-- Counts are the votes' and the readers', not the editors'.
REVOKE INSERT, UPDATE ON faqs FROM app_user;
GRANT INSERT (faq_id, category, question, answer, sequence_order, is_published, language, translation_of) ON faqs TO app_user;
GRANT UPDATE (category, question, answer, sequence_order, is_published) ON faqs TO app_user;

-- ============================================================================
-- Row security (R34): one's own votes, for what one can read
-- ============================================================================
GRANT SELECT, INSERT, DELETE ON faq_votes TO app_user;
GRANT SELECT, DELETE ON faq_votes TO app_worker;
ALTER TABLE faq_votes ENABLE ROW LEVEL SECURITY;
CREATE POLICY faq_votes_read ON faq_votes FOR SELECT TO app_user USING (user_id = (SELECT actor_id()));
CREATE POLICY faq_votes_add ON faq_votes FOR INSERT TO app_user
  WITH CHECK (user_id = (SELECT actor_id()) AND EXISTS (SELECT FROM faqs f WHERE f.faq_id = faq_votes.faq_id));
CREATE POLICY faq_votes_remove ON faq_votes FOR DELETE TO app_user USING (user_id = (SELECT actor_id()));
CREATE POLICY faq_votes_jobs ON faq_votes TO app_worker USING (true) WITH CHECK (true);
