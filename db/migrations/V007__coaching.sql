-- Why: when coaches are free, the sessions people book with them, and what was said of them afterwards.
-- Locks: none that matter, every object is new.

-- ============================================================================
-- COACHING_SESSIONS: Scheduled mentorship sessions
-- ============================================================================
CREATE TABLE coaching_sessions (
  session_id UUID PRIMARY KEY DEFAULT uuid_v7(),

  -- Participants
  coach_id UUID NOT NULL REFERENCES users(user_id) ON DELETE RESTRICT,
  mentee_id UUID NOT NULL REFERENCES users(user_id) ON DELETE RESTRICT,

  -- Scheduling
  scheduled_at TIMESTAMPTZ NOT NULL,
  duration_minutes INT NOT NULL DEFAULT 60,
  timezone VARCHAR(50) NOT NULL,

  -- Type
  session_type VARCHAR(20) NOT NULL, -- one_on_one, group, discovery_call
  topic VARCHAR(500),
  notes TEXT, -- Pre-session notes from mentee

  -- Virtual Meeting
  meeting_platform VARCHAR(20) DEFAULT 'zoom', -- zoom, google_meet, teams
  meeting_link VARCHAR(500),
  meeting_id VARCHAR(100),
  meeting_password VARCHAR(100),

  -- Status
  status VARCHAR(20) DEFAULT 'scheduled',

  -- Cancellation
  cancelled_at TIMESTAMPTZ,
  cancelled_by UUID REFERENCES users(user_id) ON DELETE SET NULL,
  cancellation_reason TEXT,

  -- Completion
  completed_at TIMESTAMPTZ,
  coach_notes TEXT, -- Post-session notes
  action_items JSONB, -- [{item, due_date, status}, ...]

  -- Payment
  payment_amount DECIMAL(10,2),
  currency VARCHAR(3) DEFAULT 'USD',
  payment_status VARCHAR(20) DEFAULT 'pending',
  transaction_id UUID REFERENCES transactions(transaction_id),

  -- Timestamps
  created_at TIMESTAMPTZ DEFAULT NOW(),
  updated_at TIMESTAMPTZ DEFAULT NOW(),

  CONSTRAINT valid_session_type CHECK (session_type IN ('one_on_one', 'group', 'discovery_call')),
  CONSTRAINT valid_status CHECK (status IN ('scheduled', 'confirmed', 'in_progress', 'completed', 'cancelled', 'no_show')),
  CONSTRAINT valid_payment_status CHECK (payment_status IN ('pending', 'paid', 'refunded', 'cancelled')),
  CONSTRAINT no_self_coaching CHECK (coach_id != mentee_id),
  CONSTRAINT session_of_coach UNIQUE (session_id, coach_id) -- what feedback's composite key points to (R29)
);

CREATE INDEX idx_sessions_coach ON coaching_sessions(coach_id, scheduled_at);
CREATE INDEX idx_sessions_coach_status ON coaching_sessions(coach_id, status); -- R3
CREATE INDEX idx_sessions_mentee ON coaching_sessions(mentee_id, scheduled_at);
CREATE INDEX idx_sessions_status ON coaching_sessions(status);
CREATE INDEX idx_sessions_upcoming ON coaching_sessions(scheduled_at) WHERE status IN ('scheduled', 'confirmed'); -- R1
CREATE INDEX idx_coaching_sessions_cancelled_by ON coaching_sessions(cancelled_by) WHERE cancelled_by IS NOT NULL;
CREATE INDEX idx_coaching_sessions_transaction ON coaching_sessions(transaction_id) WHERE transaction_id IS NOT NULL;
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON coaching_sessions FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

CREATE FUNCTION count_coaching_session() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND OLD.status = 'completed' THEN PERFORM count_delta('user_profiles', 'session_count', OLD.coach_id, -1); END IF;
  IF TG_OP <> 'DELETE' AND NEW.status = 'completed' THEN PERFORM count_delta('user_profiles', 'session_count', NEW.coach_id, 1); END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER count_coaching_session AFTER INSERT OR DELETE OR UPDATE OF status, coach_id ON coaching_sessions
  FOR EACH ROW EXECUTE FUNCTION count_coaching_session();

-- ============================================================================
-- SESSION_FEEDBACK: Post-session ratings and reviews
-- ============================================================================
CREATE TABLE session_feedback (
  feedback_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  session_id UUID UNIQUE NOT NULL REFERENCES coaching_sessions(session_id) ON DELETE CASCADE,
  submitted_by UUID NOT NULL REFERENCES users(user_id) ON DELETE RESTRICT,
  coach_id UUID NOT NULL, -- R29

  -- Rating
  rating INT NOT NULL, -- 1-5 stars
  would_recommend BOOLEAN,

  -- Feedback
  feedback_text TEXT,
  highlights JSONB, -- ["Great insights", "Actionable advice", ...]
  improvements JSONB, -- ["More structure", "Better time management", ...]

  -- Privacy
  is_public BOOLEAN DEFAULT FALSE, -- Can be shown as testimonial

  created_at TIMESTAMPTZ DEFAULT NOW(),

  CONSTRAINT valid_rating CHECK (rating BETWEEN 1 AND 5),
  CONSTRAINT feedback_names_the_coach FOREIGN KEY (session_id, coach_id)
    REFERENCES coaching_sessions(session_id, coach_id) ON DELETE CASCADE
);

CREATE INDEX idx_feedback_coach ON session_feedback(submitted_by);
CREATE INDEX idx_feedback_of_coach ON session_feedback(coach_id, created_at DESC); -- R29
CREATE INDEX idx_feedback_public ON session_feedback(is_public) WHERE is_public = TRUE;

CREATE FUNCTION count_feedback() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    PERFORM count_delta('user_profiles', 'rating_count', OLD.coach_id, -1);
    PERFORM count_delta('user_profiles', 'rating_sum', OLD.coach_id, -OLD.rating);
  END IF;
  IF TG_OP <> 'DELETE' THEN
    PERFORM count_delta('user_profiles', 'rating_count', NEW.coach_id, 1);
    PERFORM count_delta('user_profiles', 'rating_sum', NEW.coach_id, NEW.rating);
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER count_feedback AFTER INSERT OR DELETE OR UPDATE OF rating, coach_id ON session_feedback
  FOR EACH ROW EXECUTE FUNCTION count_feedback();

INSERT INTO counter_sources VALUES
  ('user_profiles', 'session_count', 'user_id', 'SELECT coach_id, count(*) FROM coaching_sessions WHERE status = ''completed'' GROUP BY 1'),
  ('user_profiles', 'rating_count', 'user_id', 'SELECT coach_id, count(*) FROM session_feedback GROUP BY 1'),
  ('user_profiles', 'rating_sum', 'user_id', 'SELECT coach_id, sum(rating) FROM session_feedback GROUP BY 1');

-- ============================================================================
-- COACH_AVAILABILITY: Coach scheduling preferences, wall time in the coach's zone
-- ============================================================================
CREATE TABLE coach_availability (
  availability_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  coach_id UUID NOT NULL REFERENCES users(user_id) ON DELETE CASCADE,

  -- Time Slot
  day_of_week INT NOT NULL, -- 0-6 (Sunday-Saturday)
  start_time TIME NOT NULL,
  end_time TIME NOT NULL,
  timezone VARCHAR(50) NOT NULL,

  -- Recurrence
  effective_from DATE NOT NULL,
  effective_until DATE, -- NULL = ongoing

  -- Capacity
  max_sessions_per_slot INT DEFAULT 1,

  -- Status
  is_active BOOLEAN DEFAULT TRUE,

  created_at TIMESTAMPTZ DEFAULT NOW(),
  updated_at TIMESTAMPTZ DEFAULT NOW(),

  CONSTRAINT valid_day CHECK (day_of_week BETWEEN 0 AND 6),
  CONSTRAINT valid_time CHECK (start_time < end_time)
);

CREATE INDEX idx_availability_coach ON coach_availability(coach_id, day_of_week);
CREATE INDEX idx_availability_active ON coach_availability(coach_id, is_active) WHERE is_active = TRUE;
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON coach_availability FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- ============================================================================
-- COACH_BLOCKED_TIMES: One-off unavailable periods
-- ============================================================================
CREATE TABLE coach_blocked_times (
  blocked_time_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  coach_id UUID NOT NULL REFERENCES users(user_id) ON DELETE CASCADE,

  blocked_from TIMESTAMPTZ NOT NULL,
  blocked_until TIMESTAMPTZ NOT NULL,
  reason VARCHAR(500),

  created_at TIMESTAMPTZ DEFAULT NOW(),

  CONSTRAINT valid_block CHECK (blocked_from < blocked_until)
);

CREATE INDEX idx_blocked_times_period ON coach_blocked_times(coach_id, blocked_from, blocked_until);

-- ============================================================================
-- Row security (R34)
-- ============================================================================
GRANT SELECT, INSERT, UPDATE ON coaching_sessions, session_feedback TO app_user;
GRANT SELECT, INSERT, UPDATE, DELETE ON coaching_sessions, session_feedback TO app_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON coach_availability, coach_blocked_times TO app_user, app_worker;

ALTER TABLE coaching_sessions ENABLE ROW LEVEL SECURITY;
CREATE POLICY coaching_sessions_read ON coaching_sessions FOR SELECT TO app_user
  USING (coach_id = (SELECT actor_id()) OR mentee_id = (SELECT actor_id()) OR (SELECT actor_is_staff()));
CREATE POLICY coaching_sessions_add ON coaching_sessions FOR INSERT TO app_user
  WITH CHECK (mentee_id = (SELECT actor_id()) AND has_role(coach_id, 'coach') AND status = 'scheduled' AND payment_status = 'pending');
CREATE POLICY coaching_sessions_change ON coaching_sessions FOR UPDATE TO app_user
  USING (coach_id = (SELECT actor_id()) OR mentee_id = (SELECT actor_id()) OR (SELECT actor_is_staff()));
CREATE POLICY coaching_sessions_jobs ON coaching_sessions TO app_worker USING (true) WITH CHECK (true);

-- The mentee speaks, the coach listens, and both keep what they agreed to show.
ALTER TABLE session_feedback ENABLE ROW LEVEL SECURITY;
CREATE POLICY session_feedback_read ON session_feedback FOR SELECT TO app_user
  USING (is_public OR submitted_by = (SELECT actor_id()) OR coach_id = (SELECT actor_id()) OR (SELECT actor_is_staff()));
CREATE POLICY session_feedback_add ON session_feedback FOR INSERT TO app_user
  WITH CHECK (submitted_by = (SELECT actor_id()) AND EXISTS (
    SELECT FROM coaching_sessions s WHERE s.session_id = session_feedback.session_id
      AND s.mentee_id = (SELECT actor_id()) AND s.status = 'completed'));
CREATE POLICY session_feedback_change ON session_feedback FOR UPDATE TO app_user
  USING (submitted_by = (SELECT actor_id()) OR (SELECT actor_is_staff()))
  WITH CHECK ((SELECT actor_is_staff()) OR (submitted_by = (SELECT actor_id()) AND EXISTS (
    SELECT FROM coaching_sessions s WHERE s.session_id = session_feedback.session_id AND s.mentee_id = (SELECT actor_id()))));
CREATE POLICY session_feedback_jobs ON session_feedback TO app_worker USING (true) WITH CHECK (true);

ALTER TABLE coach_availability ENABLE ROW LEVEL SECURITY;
CREATE POLICY coach_availability_read ON coach_availability FOR SELECT TO app_user USING (true);
CREATE POLICY coach_availability_add ON coach_availability FOR INSERT TO app_user WITH CHECK (coach_id = (SELECT actor_id()));
CREATE POLICY coach_availability_change ON coach_availability FOR UPDATE TO app_user USING (coach_id = (SELECT actor_id()));
CREATE POLICY coach_availability_remove ON coach_availability FOR DELETE TO app_user USING (coach_id = (SELECT actor_id()));
CREATE POLICY coach_availability_jobs ON coach_availability TO app_worker USING (true) WITH CHECK (true);

-- Why a coach is away is the coach's business.
ALTER TABLE coach_blocked_times ENABLE ROW LEVEL SECURITY;
CREATE POLICY coach_blocked_times_own ON coach_blocked_times TO app_user
  USING (coach_id = (SELECT actor_id())) WITH CHECK (coach_id = (SELECT actor_id()));
CREATE POLICY coach_blocked_times_jobs ON coach_blocked_times TO app_worker USING (true) WITH CHECK (true);
