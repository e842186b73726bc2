-- Why: what people may ask of whoever keeps data of theirs (GDPR 15 to 21, Kenya's Data Protection Act 26): a queue with due
-- dates, and a history that nobody writes but the database. Expands.
-- Locks: none that matter, the tables are new; system_settings for a row.

-- Days by right; staff change them.
INSERT INTO system_settings (setting_key, setting_value, description, is_public) VALUES
  ('privacy.request_due_days', '{"access": 7, "erasure": 7, "rectification": 7, "restriction": 7, "objection": 7, "portability": 7}',
   'Within how many days each kind of privacy request is answered', false);

CREATE TABLE privacy_requests (
  request_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  user_id UUID NOT NULL REFERENCES users(user_id) ON DELETE CASCADE,
  kind VARCHAR(20) NOT NULL,
  details TEXT, -- what the person adds
  status VARCHAR(20) NOT NULL DEFAULT 'received',
  received_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  due_at TIMESTAMPTZ NOT NULL,
  extension_reason TEXT, -- why the first date could not be kept
  handled_by UUID REFERENCES users(user_id) ON DELETE SET NULL,
  outcome VARCHAR(20),
  answer TEXT,
  closed_at TIMESTAMPTZ,
  due_soon_told_at TIMESTAMPTZ, -- staff were reminded of this date
  overdue_told_at TIMESTAMPTZ,

  CONSTRAINT valid_kind CHECK (kind IN ('access', 'erasure', 'rectification', 'restriction', 'objection', 'portability')),
  CONSTRAINT valid_status CHECK (status IN ('received', 'in_progress', 'answered', 'withdrawn')),
  CONSTRAINT valid_outcome CHECK (outcome IN ('fulfilled', 'partly', 'refused')),
  CONSTRAINT answered_is_whole CHECK ((status = 'answered') = (outcome IS NOT NULL AND answer IS NOT NULL)),
  CONSTRAINT closed_has_time CHECK ((status IN ('answered', 'withdrawn')) = (closed_at IS NOT NULL)),
  CONSTRAINT bounded_texts CHECK (length(details) <= 4000 AND length(extension_reason) <= 1000 AND length(answer) <= 4000)
);
-- One of a kind waits at a time: of two that are sent at once one is there.
CREATE UNIQUE INDEX one_open_privacy_request ON privacy_requests(user_id, kind) WHERE status IN ('received', 'in_progress');
CREATE INDEX idx_privacy_requests_user ON privacy_requests(user_id, received_at DESC);
CREATE INDEX idx_privacy_requests_open ON privacy_requests(due_at, request_id) WHERE status IN ('received', 'in_progress');
CREATE INDEX idx_privacy_requests_due ON privacy_requests(due_at, request_id);
CREATE INDEX idx_privacy_requests_handled_by ON privacy_requests(handled_by) WHERE handled_by IS NOT NULL;

-- What happened to a request. Written by the trigger below and by nobody else; it goes with its person.
CREATE TABLE privacy_request_events (
  event_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  request_id UUID NOT NULL REFERENCES privacy_requests(request_id) ON DELETE CASCADE,
  user_id UUID NOT NULL REFERENCES users(user_id) ON DELETE CASCADE, -- whose request
  event VARCHAR(20) NOT NULL,
  at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
  acted_by UUID REFERENCES users(user_id) ON DELETE SET NULL, -- NULL: the platform itself
  note TEXT,
  due_at TIMESTAMPTZ NOT NULL, -- as it was from then on
  CONSTRAINT valid_event CHECK (event IN ('received', 'taken', 'extended', 'answered', 'withdrawn', 'due_soon', 'overdue'))
);
CREATE INDEX idx_privacy_request_events_request ON privacy_request_events(request_id, event_id);
CREATE INDEX idx_privacy_request_events_user ON privacy_request_events(user_id);
CREATE INDEX idx_privacy_request_events_acted_by ON privacy_request_events(acted_by) WHERE acted_by IS NOT NULL;

-- Times are the database's own, so that no clock of a server or phone moves a due date. What is closed stays as it is, but for
-- who is erased. A later date is given once, with a reason, at most ninety days after the request came (GDPR 12.3).
CREATE FUNCTION check_privacy_request() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.received_at := now();
    NEW.due_at := now() + make_interval(days => coalesce((
      SELECT (setting_value->>NEW.kind)::int FROM system_settings WHERE setting_key = 'privacy.request_due_days'), 7));
    RETURN NEW;
  END IF;
  IF (NEW.user_id, NEW.kind, NEW.details, NEW.received_at) IS DISTINCT FROM (OLD.user_id, OLD.kind, OLD.details, OLD.received_at) THEN
    RAISE check_violation USING MESSAGE = 'a request stays as it came', TABLE = 'privacy_requests', CONSTRAINT = 'request_stays';
  END IF;
  IF OLD.closed_at IS NOT NULL AND (NEW.status, NEW.due_at, NEW.extension_reason, NEW.outcome, NEW.answer, NEW.closed_at)
      IS DISTINCT FROM (OLD.status, OLD.due_at, OLD.extension_reason, OLD.outcome, OLD.answer, OLD.closed_at) THEN
    RAISE check_violation USING MESSAGE = 'a closed request stays as it is', TABLE = 'privacy_requests', CONSTRAINT = 'closed_stays';
  END IF;
  IF NEW.status = 'withdrawn' AND OLD.status <> 'withdrawn' AND (NEW.due_at, NEW.extension_reason, NEW.handled_by)
      IS DISTINCT FROM (OLD.due_at, OLD.extension_reason, OLD.handled_by) THEN
    RAISE check_violation USING MESSAGE = 'who withdraws changes nothing else', TABLE = 'privacy_requests', CONSTRAINT = 'withdrawal_alone';
  END IF;
  IF NEW.due_at <> OLD.due_at THEN
    IF OLD.extension_reason IS NOT NULL OR NEW.extension_reason IS NULL OR NEW.due_at <= OLD.due_at
        OR NEW.due_at > OLD.received_at + interval '90 days' THEN
      RAISE check_violation USING MESSAGE = 'a later date, once, with a reason, within ninety days', TABLE = 'privacy_requests',
        CONSTRAINT = 'extended_once';
    END IF;
    NEW.due_soon_told_at := NULL;
    NEW.overdue_told_at := NULL;
  END IF;
  IF NEW.status IN ('answered', 'withdrawn') AND OLD.closed_at IS NULL THEN NEW.closed_at := now(); END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER check_privacy_request BEFORE INSERT OR UPDATE ON privacy_requests
  FOR EACH ROW EXECUTE FUNCTION check_privacy_request();

CREATE FUNCTION record_privacy_request() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  happened text[];
BEGIN
  happened := CASE WHEN TG_OP = 'INSERT' THEN ARRAY['received'] ELSE array_remove(ARRAY[
    CASE WHEN NEW.handled_by IS DISTINCT FROM OLD.handled_by AND NEW.handled_by IS NOT NULL AND NEW.status = 'in_progress' THEN 'taken' END,
    CASE WHEN NEW.due_at <> OLD.due_at THEN 'extended' END,
    CASE WHEN NEW.status <> OLD.status AND NEW.status IN ('answered', 'withdrawn') THEN NEW.status END,
    CASE WHEN NEW.due_soon_told_at IS NOT NULL AND OLD.due_soon_told_at IS NULL THEN 'due_soon' END,
    CASE WHEN NEW.overdue_told_at IS NOT NULL AND OLD.overdue_told_at IS NULL THEN 'overdue' END], NULL) END;
  INSERT INTO privacy_request_events (request_id, user_id, event, acted_by, note, due_at)
  SELECT NEW.request_id, NEW.user_id, e, actor_id(),
    CASE e WHEN 'received' THEN NEW.details WHEN 'extended' THEN NEW.extension_reason WHEN 'answered' THEN NEW.answer END, NEW.due_at
  FROM unnest(happened) e;
  RETURN NULL;
END
$$;
CREATE TRIGGER record_privacy_request AFTER INSERT OR UPDATE ON privacy_requests
  FOR EACH ROW EXECUTE FUNCTION record_privacy_request();

GRANT SELECT, INSERT (request_id, user_id, kind, details), UPDATE (status, handled_by, due_at, extension_reason, outcome, answer)
  ON privacy_requests TO app_user;
GRANT SELECT, UPDATE (due_soon_told_at, overdue_told_at, handled_by), DELETE ON privacy_requests TO app_worker;
GRANT SELECT ON privacy_request_events TO app_user;
-- For whoever is erased: their own goes, and who of staff acted is no longer named.
GRANT SELECT, UPDATE (acted_by), DELETE ON privacy_request_events TO app_worker;

ALTER TABLE privacy_requests ENABLE ROW LEVEL SECURITY;
CREATE POLICY privacy_requests_read ON privacy_requests FOR SELECT TO app_user
  USING (user_id = (SELECT actor_id()) OR (SELECT actor_is_staff()));
CREATE POLICY privacy_requests_add ON privacy_requests FOR INSERT TO app_user WITH CHECK (user_id = (SELECT actor_id()));
CREATE POLICY privacy_requests_withdraw ON privacy_requests FOR UPDATE TO app_user
  USING (user_id = (SELECT actor_id()) AND closed_at IS NULL)
  WITH CHECK (user_id = (SELECT actor_id()) AND status = 'withdrawn');
-- Nobody answers themselves.
CREATE POLICY privacy_requests_handle ON privacy_requests FOR UPDATE TO app_user
  USING ((SELECT actor_is_staff()) AND user_id <> (SELECT actor_id()) AND closed_at IS NULL)
  WITH CHECK (handled_by = (SELECT actor_id()) AND user_id <> (SELECT actor_id()) AND status IN ('in_progress', 'answered'));
CREATE POLICY privacy_requests_jobs ON privacy_requests TO app_worker USING (true) WITH CHECK (true);

ALTER TABLE privacy_request_events ENABLE ROW LEVEL SECURITY;
CREATE POLICY privacy_request_events_read ON privacy_request_events FOR SELECT TO app_user
  USING (user_id = (SELECT actor_id()) OR (SELECT actor_is_staff()));
CREATE POLICY privacy_request_events_jobs ON privacy_request_events TO app_worker USING (true) WITH CHECK (true);
