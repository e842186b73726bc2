-- Why: programs, their modules and lessons, and what people do with them: enrolment, progress, assessment, certificate, review.
-- Locks: none that matter, every object is new.

-- ============================================================================
-- PROGRAMS: Top-level learning programs/courses
-- ============================================================================
CREATE TABLE programs (
  program_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  title VARCHAR(500) NOT NULL,
  slug VARCHAR(500) UNIQUE NOT NULL,
  description TEXT,
  long_description TEXT,
  language VARCHAR(10) NOT NULL DEFAULT 'en', -- R33
  translation_of UUID REFERENCES programs(program_id) ON DELETE SET NULL,

  -- Categorization
  category VARCHAR(100), -- Personal Branding, SME, Leadership, etc.
  tags JSONB, -- ["entrepreneurship", "digital skills", ...]
  difficulty_level VARCHAR(20), -- beginner, intermediate, advanced

  -- Instructor
  instructor_id UUID NOT NULL REFERENCES users(user_id) ON DELETE RESTRICT,
  co_instructors JSONB, -- copy of program_instructors (R7)

  -- Pricing
  pricing_type VARCHAR(20) NOT NULL, -- free, one_time, subscription
  price_amount DECIMAL(10,2),
  currency VARCHAR(3) DEFAULT 'USD',
  tier_access JSONB, -- ["discover", "build", "thrive"]

  -- Structure
  duration_weeks INT,
  estimated_hours DECIMAL(5,2),
  module_count INT DEFAULT 0,
  lesson_count INT DEFAULT 0,

  -- Engagement Metrics (denormalized for performance)
  enrollment_count INT DEFAULT 0,
  completion_count INT DEFAULT 0,
  rating_sum INT NOT NULL DEFAULT 0,
  review_count INT DEFAULT 0,
  average_rating DECIMAL(3,2) GENERATED ALWAYS AS (round(rating_sum::numeric / nullif(review_count, 0), 2)) STORED,

  -- Media
  thumbnail_url VARCHAR(500),
  preview_video_url VARCHAR(500),

  -- Status & Lifecycle
  status VARCHAR(20) DEFAULT 'draft', -- draft, published, archived
  published_at TIMESTAMPTZ,
  archived_at TIMESTAMPTZ,
  deleted_at TIMESTAMPTZ, -- Soft delete (R36)

  -- SEO
  meta_description TEXT,
  meta_keywords JSONB,

  -- Timestamps
  created_at TIMESTAMPTZ DEFAULT NOW(),
  updated_at TIMESTAMPTZ DEFAULT NOW(),

  CONSTRAINT valid_status CHECK (status IN ('draft', 'published', 'archived')),
  CONSTRAINT valid_pricing_type CHECK (pricing_type IN ('free', 'one_time', 'subscription')),
  CONSTRAINT valid_language CHECK (language IN ('en', 'sw', 'fr')),
  CONSTRAINT published_has_date CHECK (status <> 'published' OR published_at IS NOT NULL)
);

CREATE INDEX idx_programs_category ON programs(category);
CREATE INDEX idx_programs_instructor ON programs(instructor_id);
CREATE INDEX idx_programs_status ON programs(status) WHERE status = 'published';
CREATE INDEX idx_programs_tags ON programs USING GIN (tags);
CREATE INDEX idx_programs_tier ON programs USING GIN (tier_access);
CREATE INDEX idx_programs_translation_of ON programs(translation_of) WHERE translation_of IS NOT NULL;
-- The catalogue's order: popular first, keyset on (enrollment_count, program_id).
CREATE INDEX idx_programs_popular ON programs(enrollment_count DESC, program_id DESC) WHERE status = 'published' AND deleted_at IS NULL;

-- Full-text search, in the program's own language; what it is about (its category) counts as said
CREATE INDEX idx_programs_fts ON programs USING GIN (
  search_document(language, coalesce(title, '') || ' ' || coalesce(category, '') || ' ' || coalesce(description, ''))
);

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON programs FOR EACH ROW EXECUTE FUNCTION touch_updated_at(
  'module_count', 'lesson_count', 'enrollment_count', 'completion_count', 'rating_sum', 'review_count', 'average_rating');
CREATE TRIGGER remember_slug AFTER UPDATE OF slug ON programs FOR EACH ROW
  WHEN (OLD.slug <> NEW.slug) EXECUTE FUNCTION remember_slug('program', 'program_id');

CREATE TABLE program_instructors (
  program_id UUID NOT NULL REFERENCES programs(program_id) ON DELETE CASCADE,
  user_id UUID NOT NULL REFERENCES users(user_id) ON DELETE CASCADE,
  added_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  PRIMARY KEY (program_id, user_id)
);
CREATE INDEX idx_program_instructors_user ON program_instructors(user_id);

CREATE FUNCTION copy_program_instructors() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  changed uuid;
BEGIN
  IF TG_OP = 'DELETE' THEN changed := OLD.program_id; ELSE changed := NEW.program_id; END IF;
  UPDATE programs SET co_instructors = (
    SELECT jsonb_agg(user_id ORDER BY added_at, user_id) FROM program_instructors WHERE program_id = changed)
  WHERE program_id = changed;
  RETURN NULL;
END
$$;
CREATE TRIGGER copy_program_instructors AFTER INSERT OR DELETE ON program_instructors
  FOR EACH ROW EXECUTE FUNCTION copy_program_instructors();

-- ============================================================================
-- MODULES: Course sections/chapters
-- ============================================================================
CREATE TABLE modules (
  module_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  program_id UUID NOT NULL REFERENCES programs(program_id) ON DELETE CASCADE,
  title VARCHAR(500) NOT NULL,
  description TEXT,
  sequence_order INT NOT NULL,

  -- Unlock Logic
  unlock_after_module_id UUID REFERENCES modules(module_id) ON DELETE SET NULL, -- Sequential unlocking
  unlock_date TIMESTAMPTZ, -- Date-based release

  -- Metadata
  estimated_duration_minutes INT,
  lesson_count INT DEFAULT 0,

  -- Status
  is_published BOOLEAN DEFAULT TRUE,
  created_at TIMESTAMPTZ DEFAULT NOW(),
  updated_at TIMESTAMPTZ DEFAULT NOW(),

  UNIQUE(program_id, sequence_order) DEFERRABLE INITIALLY IMMEDIATE -- R32: reordering swaps places within one transaction
);

CREATE INDEX idx_modules_program ON modules(program_id, sequence_order);
CREATE INDEX idx_modules_unlock_after ON modules(unlock_after_module_id) WHERE unlock_after_module_id IS NOT NULL;
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON modules FOR EACH ROW EXECUTE FUNCTION touch_updated_at('lesson_count');

-- ============================================================================
-- LESSONS: Individual learning units
-- ============================================================================
CREATE TABLE lessons (
  lesson_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  module_id UUID NOT NULL REFERENCES modules(module_id) ON DELETE CASCADE,
  title VARCHAR(500) NOT NULL,
  description TEXT,
  sequence_order INT NOT NULL,

  -- Content
  content_type VARCHAR(20) NOT NULL, -- video, text, quiz, assignment, resource
  video_url VARCHAR(500),
  video_duration_seconds INT,
  text_content TEXT,
  resource_urls JSONB, -- [{title, url, type, size}, ...]

  -- Engagement
  is_preview BOOLEAN DEFAULT FALSE, -- Free preview lesson
  estimated_minutes INT,

  -- Status
  is_published BOOLEAN DEFAULT TRUE,
  created_at TIMESTAMPTZ DEFAULT NOW(),
  updated_at TIMESTAMPTZ DEFAULT NOW(),

  UNIQUE(module_id, sequence_order) DEFERRABLE INITIALLY IMMEDIATE,
  CONSTRAINT valid_content_type CHECK (content_type IN ('video', 'text', 'quiz', 'assignment', 'resource'))
);

CREATE INDEX idx_lessons_module ON lessons(module_id, sequence_order);
CREATE INDEX idx_lessons_preview ON lessons(is_preview) WHERE is_preview = TRUE;
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON lessons FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

CREATE FUNCTION count_module() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND OLD.is_published THEN PERFORM count_delta('programs', 'module_count', OLD.program_id, -1); END IF;
  IF TG_OP <> 'DELETE' AND NEW.is_published THEN PERFORM count_delta('programs', 'module_count', NEW.program_id, 1); END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER count_module AFTER INSERT OR DELETE OR UPDATE OF is_published, program_id ON modules
  FOR EACH ROW EXECUTE FUNCTION count_module();

-- Lessons go before their module does, while the module can still say whose program they count for.
CREATE FUNCTION remove_lessons_first() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM lessons WHERE module_id = OLD.module_id;
  RETURN OLD;
END
$$;
CREATE TRIGGER remove_lessons_first BEFORE DELETE ON modules FOR EACH ROW EXECUTE FUNCTION remove_lessons_first();

CREATE FUNCTION count_lesson() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND OLD.is_published THEN
    PERFORM count_delta('modules', 'lesson_count', OLD.module_id, -1);
    PERFORM count_delta('programs', 'lesson_count', (SELECT program_id FROM modules WHERE module_id = OLD.module_id), -1);
  END IF;
  IF TG_OP <> 'DELETE' AND NEW.is_published THEN
    PERFORM count_delta('modules', 'lesson_count', NEW.module_id, 1);
    PERFORM count_delta('programs', 'lesson_count', (SELECT program_id FROM modules WHERE module_id = NEW.module_id), 1);
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER count_lesson AFTER INSERT OR DELETE OR UPDATE OF is_published, module_id ON lessons
  FOR EACH ROW EXECUTE FUNCTION count_lesson();

-- ============================================================================
-- ENROLLMENTS: User-program relationships. They outlive program and person (R11, R36).
-- ============================================================================
CREATE TABLE enrollments (
  enrollment_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  user_id UUID NOT NULL REFERENCES users(user_id) ON DELETE RESTRICT,
  program_id UUID NOT NULL REFERENCES programs(program_id) ON DELETE RESTRICT,

  -- Progress
  enrollment_date TIMESTAMPTZ DEFAULT NOW(),
  last_accessed_at TIMESTAMPTZ,
  progress_percent INT DEFAULT 0,
  current_module_id UUID REFERENCES modules(module_id) ON DELETE SET NULL,
  current_lesson_id UUID REFERENCES lessons(lesson_id) ON DELETE SET NULL,

  -- Status
  status VARCHAR(20) DEFAULT 'active', -- active, completed, dropped, suspended
  completion_date TIMESTAMPTZ,

  -- Payment
  payment_type VARCHAR(20), -- subscription, one_time, scholarship, free
  transaction_id UUID REFERENCES transactions(transaction_id),

  -- Certificate
  certificate_issued BOOLEAN DEFAULT FALSE,
  certificate_issued_at TIMESTAMPTZ,

  -- Timestamps
  created_at TIMESTAMPTZ DEFAULT NOW(),
  updated_at TIMESTAMPTZ DEFAULT NOW(),

  UNIQUE(user_id, program_id),
  CONSTRAINT valid_status CHECK (status IN ('active', 'completed', 'dropped', 'suspended')),
  CONSTRAINT valid_progress CHECK (progress_percent >= 0 AND progress_percent <= 100)
);

CREATE INDEX idx_enrollments_user ON enrollments(user_id, status);
CREATE INDEX idx_enrollments_program ON enrollments(program_id, status);
CREATE INDEX idx_enrollments_current_module ON enrollments(current_module_id) WHERE current_module_id IS NOT NULL;
CREATE INDEX idx_enrollments_current_lesson ON enrollments(current_lesson_id) WHERE current_lesson_id IS NOT NULL;
CREATE INDEX idx_enrollments_transaction ON enrollments(transaction_id) WHERE transaction_id IS NOT NULL;
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON enrollments FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

CREATE FUNCTION count_enrollment() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    IF OLD.status <> 'dropped' THEN PERFORM count_delta('programs', 'enrollment_count', OLD.program_id, -1); END IF;
    IF OLD.status = 'completed' THEN PERFORM count_delta('programs', 'completion_count', OLD.program_id, -1); END IF;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    IF NEW.status <> 'dropped' THEN PERFORM count_delta('programs', 'enrollment_count', NEW.program_id, 1); END IF;
    IF NEW.status = 'completed' THEN PERFORM count_delta('programs', 'completion_count', NEW.program_id, 1); END IF;
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER count_enrollment AFTER INSERT OR DELETE ON enrollments FOR EACH ROW EXECUTE FUNCTION count_enrollment();
-- Progress updates this row often and its status seldom.
CREATE TRIGGER count_enrollment_status AFTER UPDATE OF status, program_id ON enrollments FOR EACH ROW
  WHEN (OLD.status IS DISTINCT FROM NEW.status OR OLD.program_id <> NEW.program_id) EXECUTE FUNCTION count_enrollment();

-- ============================================================================
-- LESSON_PROGRESS: Granular progress tracking (W2)
-- ============================================================================
CREATE TABLE lesson_progress (
  progress_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  user_id UUID NOT NULL REFERENCES users(user_id) ON DELETE CASCADE,
  lesson_id UUID NOT NULL REFERENCES lessons(lesson_id) ON DELETE CASCADE,
  enrollment_id UUID NOT NULL REFERENCES enrollments(enrollment_id) ON DELETE CASCADE,

  -- Progress
  progress_percent INT DEFAULT 0,
  time_spent_seconds INT DEFAULT 0, -- sum of lesson_time
  last_position_seconds INT, -- For video lessons
  completed_at TIMESTAMPTZ,

  -- Timestamps
  first_accessed_at TIMESTAMPTZ DEFAULT NOW(),
  last_accessed_at TIMESTAMPTZ DEFAULT NOW(),
  updated_at TIMESTAMPTZ DEFAULT NOW(), -- R5

  UNIQUE(user_id, lesson_id),
  CONSTRAINT valid_progress CHECK (progress_percent >= 0 AND progress_percent <= 100),
  CONSTRAINT completed_means_all CHECK (completed_at IS NULL OR progress_percent = 100)
);

CREATE INDEX idx_lesson_progress_enrollment ON lesson_progress(enrollment_id);
CREATE INDEX idx_lesson_progress_lesson ON lesson_progress(lesson_id);
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON lesson_progress FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- Seconds per client session: cumulative there, merged by the greatest, so that a replayed update adds nothing.
CREATE TABLE lesson_time (
  user_id UUID NOT NULL,
  lesson_id UUID NOT NULL,
  client_session_id UUID NOT NULL,
  seconds INT NOT NULL,
  PRIMARY KEY (user_id, lesson_id, client_session_id),
  FOREIGN KEY (user_id, lesson_id) REFERENCES lesson_progress(user_id, lesson_id) ON DELETE CASCADE,
  CONSTRAINT valid_seconds CHECK (seconds >= 0)
);

-- ============================================================================
-- ASSESSMENTS: Quizzes, assignments, evaluations
-- ============================================================================
CREATE TABLE assessments (
  assessment_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  lesson_id UUID REFERENCES lessons(lesson_id) ON DELETE CASCADE,
  program_id UUID REFERENCES programs(program_id) ON DELETE CASCADE, -- For program-level assessments
  title VARCHAR(500) NOT NULL,
  description TEXT,

  -- Type & Configuration
  assessment_type VARCHAR(20) NOT NULL, -- quiz, assignment, project, peer_review
  passing_score INT, -- Percentage required to pass
  max_attempts INT DEFAULT 3,
  time_limit_minutes INT,

  -- Content
  questions JSONB, -- [{question, options[], answer, explanation}]: answers never leave by P2
  instructions TEXT, -- Assignment instructions
  rubric JSONB, -- Grading rubric

  -- Auto-grading
  is_auto_graded BOOLEAN DEFAULT TRUE,

  -- Status
  is_published BOOLEAN DEFAULT TRUE,
  created_at TIMESTAMPTZ DEFAULT NOW(),
  updated_at TIMESTAMPTZ DEFAULT NOW(),

  CONSTRAINT valid_type CHECK (assessment_type IN ('quiz', 'assignment', 'project', 'peer_review')),
  CONSTRAINT has_parent CHECK (lesson_id IS NOT NULL OR program_id IS NOT NULL)
);

CREATE INDEX idx_assessments_lesson ON assessments(lesson_id);
CREATE INDEX idx_assessments_program ON assessments(program_id);
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON assessments FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- ============================================================================
-- ASSESSMENT_SUBMISSIONS: User assessment attempts
-- ============================================================================
CREATE TABLE assessment_submissions (
  submission_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  assessment_id UUID NOT NULL REFERENCES assessments(assessment_id) ON DELETE CASCADE,
  user_id UUID NOT NULL REFERENCES users(user_id) ON DELETE CASCADE,
  enrollment_id UUID NOT NULL REFERENCES enrollments(enrollment_id) ON DELETE CASCADE,

  -- Attempt
  attempt_number INT NOT NULL,
  started_at TIMESTAMPTZ DEFAULT NOW(),
  submitted_at TIMESTAMPTZ,
  time_taken_seconds INT,

  -- Content
  answers JSONB, -- User's answers
  submission_files JSONB, -- [{filename, url, size}, ...]

  -- Grading
  score DECIMAL(5,2),
  passed BOOLEAN,
  graded_by UUID REFERENCES users(user_id) ON DELETE SET NULL, -- Coach/instructor
  graded_at TIMESTAMPTZ,
  feedback TEXT,

  -- Status
  status VARCHAR(20) DEFAULT 'in_progress', -- in_progress, submitted, graded, returned

  CONSTRAINT valid_status CHECK (status IN ('in_progress', 'submitted', 'graded', 'returned')),
  UNIQUE(assessment_id, user_id, attempt_number)
);

CREATE INDEX idx_submissions_user ON assessment_submissions(user_id, status);
CREATE INDEX idx_submissions_grading ON assessment_submissions(status) WHERE status = 'submitted';
CREATE INDEX idx_submissions_enrollment ON assessment_submissions(enrollment_id);
CREATE INDEX idx_submissions_graded_by ON assessment_submissions(graded_by) WHERE graded_by IS NOT NULL;

-- ============================================================================
-- CERTIFICATES: Issued program certificates
-- ============================================================================
CREATE TABLE certificates (
  certificate_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  enrollment_id UUID UNIQUE NOT NULL REFERENCES enrollments(enrollment_id) ON DELETE RESTRICT,
  user_id UUID NOT NULL REFERENCES users(user_id) ON DELETE RESTRICT,
  program_id UUID NOT NULL REFERENCES programs(program_id) ON DELETE RESTRICT,

  -- Certificate Details
  certificate_number VARCHAR(50) UNIQUE NOT NULL,
  issued_at TIMESTAMPTZ DEFAULT NOW(),
  issued_by UUID REFERENCES users(user_id) ON DELETE SET NULL, -- Admin or instructor

  -- Content
  title VARCHAR(500) NOT NULL,
  description TEXT,
  certificate_url VARCHAR(500), -- storage key of the PDF

  -- Verification
  verification_code VARCHAR(100) UNIQUE NOT NULL,
  is_revoked BOOLEAN DEFAULT FALSE,
  revoked_at TIMESTAMPTZ,
  revocation_reason TEXT,

  -- Metadata
  completion_score DECIMAL(5,2),
  completion_date TIMESTAMPTZ NOT NULL,

  created_at TIMESTAMPTZ DEFAULT NOW()
);

CREATE INDEX idx_certificates_user ON certificates(user_id);
CREATE INDEX idx_certificates_program ON certificates(program_id);
CREATE INDEX idx_certificates_issued_by ON certificates(issued_by) WHERE issued_by IS NOT NULL;

-- ============================================================================
-- PROGRAM_REVIEWS: one an enrolment, moderated (R6): what average_rating and review_count are made of
-- ============================================================================
CREATE TABLE program_reviews (
  review_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  enrollment_id UUID UNIQUE NOT NULL REFERENCES enrollments(enrollment_id) ON DELETE RESTRICT,
  program_id UUID NOT NULL REFERENCES programs(program_id) ON DELETE RESTRICT,
  user_id UUID REFERENCES users(user_id) ON DELETE SET NULL,
  rating INT NOT NULL,
  review_text TEXT,
  status VARCHAR(20) NOT NULL DEFAULT 'published', -- published, flagged, removed
  moderated_by UUID REFERENCES users(user_id) ON DELETE SET NULL,
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  CONSTRAINT valid_rating CHECK (rating BETWEEN 1 AND 5),
  CONSTRAINT valid_status CHECK (status IN ('published', 'flagged', 'removed'))
);
CREATE INDEX idx_program_reviews_program ON program_reviews(program_id, status, created_at DESC);
CREATE INDEX idx_program_reviews_user ON program_reviews(user_id) WHERE user_id IS NOT NULL;
CREATE INDEX idx_program_reviews_moderated_by ON program_reviews(moderated_by) WHERE moderated_by IS NOT NULL;
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON program_reviews FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

CREATE FUNCTION count_review() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND OLD.status = 'published' THEN
    PERFORM count_delta('programs', 'review_count', OLD.program_id, -1);
    PERFORM count_delta('programs', 'rating_sum', OLD.program_id, -OLD.rating);
  END IF;
  IF TG_OP <> 'DELETE' AND NEW.status = 'published' THEN
    PERFORM count_delta('programs', 'review_count', NEW.program_id, 1);
    PERFORM count_delta('programs', 'rating_sum', NEW.program_id, NEW.rating);
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER count_review AFTER INSERT OR DELETE OR UPDATE OF status, rating, program_id ON program_reviews
  FOR EACH ROW EXECUTE FUNCTION count_review();

INSERT INTO counter_sources VALUES
  ('programs', 'module_count', 'program_id', 'SELECT program_id, count(*) FROM modules WHERE is_published GROUP BY 1'),
  ('programs', 'lesson_count', 'program_id', 'SELECT m.program_id, count(*) FROM lessons l JOIN modules m USING (module_id) WHERE l.is_published GROUP BY 1'),
  ('modules', 'lesson_count', 'module_id', 'SELECT module_id, count(*) FROM lessons WHERE is_published GROUP BY 1'),
  ('programs', 'enrollment_count', 'program_id', 'SELECT program_id, count(*) FROM enrollments WHERE status <> ''dropped'' GROUP BY 1'),
  ('programs', 'completion_count', 'program_id', 'SELECT program_id, count(*) FROM enrollments WHERE status = ''completed'' GROUP BY 1'),
  ('programs', 'review_count', 'program_id', 'SELECT program_id, count(*) FROM program_reviews WHERE status = ''published'' GROUP BY 1'),
  ('programs', 'rating_sum', 'program_id', 'SELECT program_id, sum(rating) FROM program_reviews WHERE status = ''published'' GROUP BY 1');

-- ============================================================================
-- P2: a module's lessons as JSON text, for one reader. NULL when there is no such module to be seen.
-- Runs with the owner's rights because a body's lock depends on rows of three tables; it can return nothing but
-- the reader's own progress, and of a locked lesson neither text, video, resources nor questions.
-- plpgsql, because its plans are kept per connection (a SQL function is planned at every call before PostgreSQL 18).
-- ============================================================================
CREATE FUNCTION read_module_lessons(reader uuid, module uuid) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  m record;
  lock text;
BEGIN
  SELECT mo.module_id, mo.program_id, mo.title, mo.description, mo.unlock_after_module_id, mo.unlock_date,
         mo.is_published, p.status = 'published' AND p.deleted_at IS NULL AS open,
         p.instructor_id = reader
           OR EXISTS (SELECT FROM program_instructors i WHERE i.program_id = p.program_id AND i.user_id = reader) AS teaches,
         e.enrollment_id, e.status AS enrolled_as
  INTO m
  FROM modules mo
  JOIN programs p USING (program_id)
  LEFT JOIN enrollments e ON e.program_id = p.program_id AND e.user_id = reader
  WHERE mo.module_id = module;
  IF NOT FOUND THEN RETURN NULL; END IF;

  IF m.teaches OR (reader IS NOT NULL AND m.enrolled_as IS NULL AND has_role(reader, 'admin', 'super_admin')) THEN
    lock := NULL;
  ELSIF m.is_published IS NOT TRUE THEN
    RETURN NULL;
  ELSIF m.open IS NOT TRUE AND coalesce(m.enrolled_as, '') NOT IN ('active', 'completed') THEN
    RETURN NULL; -- who is enrolled keeps an archived program
  ELSIF coalesce(m.enrolled_as, '') NOT IN ('active', 'completed') THEN
    lock := 'enrollment';
  ELSIF m.unlock_date > now() THEN
    lock := 'date';
  ELSIF m.unlock_after_module_id IS NOT NULL AND EXISTS (
    SELECT FROM lessons l
    JOIN modules b ON b.module_id = l.module_id AND b.is_published -- a module taken away locks nobody out
    LEFT JOIN lesson_progress lp ON lp.lesson_id = l.lesson_id AND lp.user_id = reader
    WHERE l.module_id = m.unlock_after_module_id AND l.is_published AND lp.completed_at IS NULL)
  THEN
    lock := 'sequence';
  END IF;

  RETURN (
    SELECT row_to_json(page)::text
    FROM (
      SELECT m.module_id, m.program_id, m.title, m.description,
        coalesce(m.enrolled_as IN ('active', 'completed'), false) AS enrolled, lock AS locked_by, m.unlock_date,
        (SELECT coalesce(json_agg(item), '[]'::json)
         FROM (
           SELECT l.lesson_id, l.title, l.description, l.sequence_order, l.content_type, l.is_preview, l.estimated_minutes,
             NOT o.open AS locked,
             CASE WHEN o.open THEN l.video_url END AS video_url,
             l.video_duration_seconds,
             CASE WHEN o.open THEN l.text_content END AS text_content,
             CASE WHEN o.open THEN l.resource_urls END AS resource_urls,
             CASE WHEN o.open AND l.content_type IN ('quiz', 'assignment') THEN (
               SELECT json_build_object(
                 'assessment_id', a.assessment_id, 'title', a.title, 'assessment_type', a.assessment_type,
                 'instructions', a.instructions, 'passing_score', a.passing_score, 'max_attempts', a.max_attempts,
                 'time_limit_minutes', a.time_limit_minutes,
                 'questions', (SELECT json_agg(json_build_object('question', q -> 'question', 'options', q -> 'options') ORDER BY n)
                               FROM jsonb_array_elements(a.questions) WITH ORDINALITY AS t(q, n)))
               FROM assessments a WHERE a.lesson_id = l.lesson_id AND a.is_published ORDER BY a.assessment_id LIMIT 1) END AS assessment,
             coalesce(lp.progress_percent, 0) AS progress_percent,
             coalesce(lp.time_spent_seconds, 0) AS time_spent_seconds,
             lp.last_position_seconds, lp.completed_at
           FROM lessons l
           CROSS JOIN LATERAL (SELECT lock IS NULL OR coalesce(l.is_preview, false) AS open) o
           LEFT JOIN lesson_progress lp ON lp.lesson_id = l.lesson_id AND lp.user_id = reader
           WHERE l.module_id = m.module_id AND l.is_published
           ORDER BY l.sequence_order) item) AS items) page);
END
$$;
GRANT EXECUTE ON FUNCTION read_module_lessons(uuid, uuid) TO app_user;

-- ============================================================================
-- Row security (R34). Programs, modules, lessons are everybody's to find (their statements hide drafts): full text
-- search needs its index, and an index behind a policy serves only leakproof operators. Their writing is guarded.
-- ============================================================================
CREATE FUNCTION actor_teaches(program uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN actor_is_staff()
    OR EXISTS (SELECT FROM programs p WHERE p.program_id = program AND p.instructor_id = actor_id())
    OR EXISTS (SELECT FROM program_instructors i WHERE i.program_id = program AND i.user_id = actor_id());
END
$$;
GRANT EXECUTE ON FUNCTION actor_teaches(uuid) TO app_user, app_worker;

GRANT SELECT, INSERT, UPDATE, DELETE ON programs, program_instructors, modules, lessons, assessments TO app_user, app_worker;
GRANT SELECT, INSERT, UPDATE ON enrollments, lesson_progress, lesson_time, assessment_submissions, certificates, program_reviews TO app_user;
GRANT SELECT, INSERT, UPDATE, DELETE ON enrollments, lesson_progress, lesson_time, assessment_submissions, certificates, program_reviews TO app_worker;

ALTER TABLE programs ENABLE ROW LEVEL SECURITY;
CREATE POLICY programs_read ON programs FOR SELECT TO app_user USING (true);
CREATE POLICY programs_add ON programs FOR INSERT TO app_user
  WITH CHECK ((SELECT actor_is_staff()) OR (instructor_id = (SELECT actor_id()) AND has_role(instructor_id, 'coach')));
CREATE POLICY programs_change ON programs FOR UPDATE TO app_user USING (actor_teaches(program_id));
CREATE POLICY programs_remove ON programs FOR DELETE TO app_user USING ((SELECT actor_is_staff()));
CREATE POLICY programs_jobs ON programs TO app_worker USING (true) WITH CHECK (true);

ALTER TABLE program_instructors ENABLE ROW LEVEL SECURITY;
CREATE POLICY program_instructors_read ON program_instructors FOR SELECT TO app_user USING (true);
CREATE POLICY program_instructors_add ON program_instructors FOR INSERT TO app_user WITH CHECK (actor_teaches(program_id));
CREATE POLICY program_instructors_remove ON program_instructors FOR DELETE TO app_user USING (actor_teaches(program_id));
CREATE POLICY program_instructors_jobs ON program_instructors TO app_worker USING (true) WITH CHECK (true);

ALTER TABLE modules ENABLE ROW LEVEL SECURITY;
CREATE POLICY modules_read ON modules FOR SELECT TO app_user USING (true);
CREATE POLICY modules_add ON modules FOR INSERT TO app_user WITH CHECK (actor_teaches(program_id));
CREATE POLICY modules_change ON modules FOR UPDATE TO app_user USING (actor_teaches(program_id));
CREATE POLICY modules_remove ON modules FOR DELETE TO app_user USING (actor_teaches(program_id));
CREATE POLICY modules_jobs ON modules TO app_worker USING (true) WITH CHECK (true);

ALTER TABLE lessons ENABLE ROW LEVEL SECURITY;
CREATE POLICY lessons_read ON lessons FOR SELECT TO app_user USING (true);
CREATE POLICY lessons_add ON lessons FOR INSERT TO app_user
  WITH CHECK (actor_teaches((SELECT m.program_id FROM modules m WHERE m.module_id = lessons.module_id)));
CREATE POLICY lessons_change ON lessons FOR UPDATE TO app_user
  USING (actor_teaches((SELECT m.program_id FROM modules m WHERE m.module_id = lessons.module_id)));
CREATE POLICY lessons_remove ON lessons FOR DELETE TO app_user
  USING (actor_teaches((SELECT m.program_id FROM modules m WHERE m.module_id = lessons.module_id)));
CREATE POLICY lessons_jobs ON lessons TO app_worker USING (true) WITH CHECK (true);

-- Questions carry their answers: only who teaches may read the row itself.
CREATE FUNCTION assessment_program(lesson uuid, program uuid) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce(program, (SELECT m.program_id FROM lessons l JOIN modules m USING (module_id) WHERE l.lesson_id = lesson))
$$;
GRANT EXECUTE ON FUNCTION assessment_program(uuid, uuid) TO app_user;

ALTER TABLE assessments ENABLE ROW LEVEL SECURITY;
CREATE POLICY assessments_teach ON assessments TO app_user
  USING (actor_teaches(assessment_program(lesson_id, program_id))) WITH CHECK (actor_teaches(assessment_program(lesson_id, program_id)));
CREATE POLICY assessments_jobs ON assessments TO app_worker USING (true) WITH CHECK (true);

ALTER TABLE enrollments ENABLE ROW LEVEL SECURITY;
CREATE POLICY enrollments_read ON enrollments FOR SELECT TO app_user USING (user_id = (SELECT actor_id()) OR (SELECT actor_is_staff()));
-- Nobody arrives with a certificate in hand.
CREATE POLICY enrollments_add ON enrollments FOR INSERT TO app_user
  WITH CHECK (user_id = (SELECT actor_id()) AND status = 'active' AND progress_percent = 0 AND NOT certificate_issued);
CREATE POLICY enrollments_change ON enrollments FOR UPDATE TO app_user USING (user_id = (SELECT actor_id()) OR (SELECT actor_is_staff()));
CREATE POLICY enrollments_jobs ON enrollments TO app_worker USING (true) WITH CHECK (true);

ALTER TABLE lesson_progress ENABLE ROW LEVEL SECURITY;
CREATE POLICY lesson_progress_read ON lesson_progress FOR SELECT TO app_user USING (user_id = (SELECT actor_id()) OR (SELECT actor_is_staff()));
CREATE POLICY lesson_progress_add ON lesson_progress FOR INSERT TO app_user
  WITH CHECK (user_id = (SELECT actor_id()) AND EXISTS (
    SELECT FROM enrollments e WHERE e.enrollment_id = lesson_progress.enrollment_id AND e.user_id = (SELECT actor_id())));
CREATE POLICY lesson_progress_change ON lesson_progress FOR UPDATE TO app_user USING (user_id = (SELECT actor_id()));
CREATE POLICY lesson_progress_jobs ON lesson_progress TO app_worker USING (true) WITH CHECK (true);

ALTER TABLE lesson_time ENABLE ROW LEVEL SECURITY;
CREATE POLICY lesson_time_read ON lesson_time FOR SELECT TO app_user USING (user_id = (SELECT actor_id()));
CREATE POLICY lesson_time_add ON lesson_time FOR INSERT TO app_user WITH CHECK (user_id = (SELECT actor_id()));
CREATE POLICY lesson_time_change ON lesson_time FOR UPDATE TO app_user USING (user_id = (SELECT actor_id()));
CREATE POLICY lesson_time_jobs ON lesson_time TO app_worker USING (true) WITH CHECK (true);

ALTER TABLE assessment_submissions ENABLE ROW LEVEL SECURITY;
CREATE POLICY assessment_submissions_read ON assessment_submissions FOR SELECT TO app_user
  USING (user_id = (SELECT actor_id()) OR (SELECT actor_is_staff()));
CREATE POLICY assessment_submissions_add ON assessment_submissions FOR INSERT TO app_user
  WITH CHECK (user_id = (SELECT actor_id()) AND status IN ('in_progress', 'submitted') AND score IS NULL AND passed IS NULL AND EXISTS (
    SELECT FROM enrollments e WHERE e.enrollment_id = assessment_submissions.enrollment_id AND e.user_id = (SELECT actor_id())));
CREATE POLICY assessment_submissions_change ON assessment_submissions FOR UPDATE TO app_user
  USING ((user_id = (SELECT actor_id()) AND status = 'in_progress') OR (SELECT actor_is_staff()))
  WITH CHECK ((user_id = (SELECT actor_id()) AND status IN ('in_progress', 'submitted') AND score IS NULL AND passed IS NULL) OR (SELECT actor_is_staff()));
CREATE POLICY assessment_submissions_jobs ON assessment_submissions TO app_worker USING (true) WITH CHECK (true);

ALTER TABLE certificates ENABLE ROW LEVEL SECURITY;
CREATE POLICY certificates_read ON certificates FOR SELECT TO app_user USING (user_id = (SELECT actor_id()) OR (SELECT actor_is_staff()));
CREATE POLICY certificates_add ON certificates FOR INSERT TO app_user WITH CHECK ((SELECT actor_is_staff()));
CREATE POLICY certificates_change ON certificates FOR UPDATE TO app_user USING ((SELECT actor_is_staff()));
CREATE POLICY certificates_jobs ON certificates TO app_worker USING (true) WITH CHECK (true);

ALTER TABLE program_reviews ENABLE ROW LEVEL SECURITY;
CREATE POLICY program_reviews_read ON program_reviews FOR SELECT TO app_user
  USING (status = 'published' OR user_id = (SELECT actor_id()) OR (SELECT actor_is_staff()));
CREATE POLICY program_reviews_add ON program_reviews FOR INSERT TO app_user
  WITH CHECK (user_id = (SELECT actor_id()) AND EXISTS (
    SELECT FROM enrollments e WHERE e.enrollment_id = program_reviews.enrollment_id
      AND e.user_id = (SELECT actor_id()) AND e.program_id = program_reviews.program_id));
CREATE POLICY program_reviews_change ON program_reviews FOR UPDATE TO app_user
  USING ((user_id = (SELECT actor_id()) AND status = 'published') OR (SELECT actor_is_staff()))
  WITH CHECK ((SELECT actor_is_staff()) OR (user_id = (SELECT actor_id()) AND status = 'published' AND EXISTS (
    SELECT FROM enrollments e WHERE e.enrollment_id = program_reviews.enrollment_id
      AND e.user_id = (SELECT actor_id()) AND e.program_id = program_reviews.program_id)));
CREATE POLICY program_reviews_jobs ON program_reviews TO app_worker USING (true) WITH CHECK (true);
