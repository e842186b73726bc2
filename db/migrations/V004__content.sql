-- Why: files, editorial approval and frequently asked questions.
-- Locks: none that matter, every object is new.

-- ============================================================================
-- CONTENT_APPROVALS: Workflow state management
-- ============================================================================
CREATE TABLE content_approvals (
  approval_id UUID PRIMARY KEY DEFAULT uuid_v7(),

  -- Content Reference (polymorphic, R26)
  content_type VARCHAR(30) NOT NULL, -- post, program, project, event
  content_id UUID NOT NULL,

  -- Workflow
  current_stage VARCHAR(30) NOT NULL,
  submitted_by UUID NOT NULL REFERENCES users(user_id),
  submitted_at TIMESTAMPTZ DEFAULT NOW(),

  -- Reviews
  editorial_reviewer_id UUID REFERENCES users(user_id) ON DELETE SET NULL,
  editorial_reviewed_at TIMESTAMPTZ,
  editorial_notes TEXT,

  brand_reviewer_id UUID REFERENCES users(user_id) ON DELETE SET NULL,
  brand_reviewed_at TIMESTAMPTZ,
  brand_notes TEXT,

  final_approver_id UUID REFERENCES users(user_id) ON DELETE SET NULL,
  final_approved_at TIMESTAMPTZ,

  -- Rejection
  rejected_by UUID REFERENCES users(user_id) ON DELETE SET NULL,
  rejected_at TIMESTAMPTZ,
  rejection_reason TEXT,

  -- Version Control
  version INT DEFAULT 1,
  previous_approval_id UUID REFERENCES content_approvals(approval_id),

  created_at TIMESTAMPTZ DEFAULT NOW(),
  updated_at TIMESTAMPTZ DEFAULT NOW(),

  UNIQUE(content_type, content_id, version),
  CONSTRAINT valid_content_type CHECK (content_type IN ('post', 'program', 'project', 'event')),
  CONSTRAINT valid_stage CHECK (current_stage IN
    ('draft', 'editorial_review', 'brand_review', 'legal_review', 'approved', 'rejected'))
);

CREATE INDEX idx_approvals_stage ON content_approvals(current_stage);
CREATE INDEX idx_approvals_pending ON content_approvals(current_stage, submitted_at)
  WHERE current_stage IN ('editorial_review', 'brand_review', 'legal_review');
CREATE INDEX idx_approvals_submitted_by ON content_approvals(submitted_by);
CREATE INDEX idx_approvals_editorial_reviewer ON content_approvals(editorial_reviewer_id) WHERE editorial_reviewer_id IS NOT NULL;
CREATE INDEX idx_approvals_brand_reviewer ON content_approvals(brand_reviewer_id) WHERE brand_reviewer_id IS NOT NULL;
CREATE INDEX idx_approvals_final_approver ON content_approvals(final_approver_id) WHERE final_approver_id IS NOT NULL;
CREATE INDEX idx_approvals_rejected_by ON content_approvals(rejected_by) WHERE rejected_by IS NOT NULL;
CREATE INDEX idx_approvals_previous ON content_approvals(previous_approval_id) WHERE previous_approval_id IS NOT NULL;
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON content_approvals FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- ============================================================================
-- MEDIA_ASSETS: File metadata and references
-- ============================================================================
CREATE TABLE media_assets (
  asset_id UUID PRIMARY KEY DEFAULT uuid_v7(),

  -- File Info
  filename VARCHAR(500) NOT NULL,
  file_type VARCHAR(50) NOT NULL, -- image/jpeg, video/mp4, application/pdf
  file_size_bytes BIGINT NOT NULL,

  -- Storage
  storage_provider VARCHAR(30) DEFAULT 's3', -- s3, cloudinary, local
  storage_bucket VARCHAR(255),
  storage_key VARCHAR(500) NOT NULL,
  public_url VARCHAR(1000),
  cdn_url VARCHAR(1000),

  -- Ownership
  uploaded_by UUID NOT NULL REFERENCES users(user_id),

  -- Usage
  usage_type VARCHAR(30), -- profile_photo, course_video, certificate, etc.
  usage_count INT DEFAULT 0,

  -- Media Metadata
  width_px INT,
  height_px INT,
  duration_seconds INT, -- For video/audio
  thumbnail_url VARCHAR(500),

  -- Status
  processing_status VARCHAR(20) DEFAULT 'uploaded', -- uploaded, processing, ready, failed

  uploaded_at TIMESTAMPTZ DEFAULT NOW(),

  CONSTRAINT valid_file_size CHECK (file_size_bytes > 0),
  CONSTRAINT valid_processing_status CHECK (processing_status IN ('uploaded', 'processing', 'ready', 'failed'))
);

CREATE INDEX idx_media_uploaded_by ON media_assets(uploaded_by);
CREATE INDEX idx_media_usage ON media_assets(usage_type);
CREATE INDEX idx_media_status ON media_assets(processing_status);

-- ============================================================================
-- FAQ: Frequently asked questions
-- ============================================================================
CREATE TABLE faqs (
  faq_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  category VARCHAR(100) NOT NULL,
  question TEXT NOT NULL,
  answer TEXT NOT NULL,
  sequence_order INT,
  view_count INT DEFAULT 0, -- approximate
  helpful_count INT DEFAULT 0, -- approximate
  is_published BOOLEAN DEFAULT TRUE,
  language VARCHAR(10) NOT NULL DEFAULT 'en', -- R33
  translation_of UUID REFERENCES faqs(faq_id) ON DELETE SET NULL,
  created_at TIMESTAMPTZ DEFAULT NOW(),
  updated_at TIMESTAMPTZ DEFAULT NOW(),
  CONSTRAINT valid_language CHECK (language IN ('en', 'sw', 'fr'))
);

CREATE INDEX idx_faqs_category ON faqs(category, sequence_order);
CREATE INDEX idx_faqs_published ON faqs(is_published) WHERE is_published = TRUE;
CREATE INDEX idx_faqs_translation_of ON faqs(translation_of) WHERE translation_of IS NOT NULL;
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON faqs FOR EACH ROW EXECUTE FUNCTION touch_updated_at('view_count', 'helpful_count');

-- ============================================================================
-- Row security (R34)
-- ============================================================================
GRANT SELECT, INSERT, UPDATE ON content_approvals TO app_user, app_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON media_assets, faqs TO app_user, app_worker;
GRANT DELETE ON content_approvals TO app_worker;

ALTER TABLE content_approvals ENABLE ROW LEVEL SECURITY;
CREATE POLICY content_approvals_read ON content_approvals FOR SELECT TO app_user
  USING (submitted_by = (SELECT actor_id()) OR (SELECT actor_is_staff()));
CREATE POLICY content_approvals_add ON content_approvals FOR INSERT TO app_user
  WITH CHECK (submitted_by = (SELECT actor_id()) AND current_stage IN ('draft', 'editorial_review'));
CREATE POLICY content_approvals_change ON content_approvals FOR UPDATE TO app_user USING ((SELECT actor_is_staff()));
CREATE POLICY content_approvals_jobs ON content_approvals TO app_worker USING (true) WITH CHECK (true);

ALTER TABLE media_assets ENABLE ROW LEVEL SECURITY;
CREATE POLICY media_assets_read ON media_assets FOR SELECT TO app_user USING (uploaded_by = (SELECT actor_id()) OR (SELECT actor_is_staff()));
CREATE POLICY media_assets_add ON media_assets FOR INSERT TO app_user WITH CHECK (uploaded_by = (SELECT actor_id()));
CREATE POLICY media_assets_change ON media_assets FOR UPDATE TO app_user USING (uploaded_by = (SELECT actor_id()));
CREATE POLICY media_assets_remove ON media_assets FOR DELETE TO app_user USING (uploaded_by = (SELECT actor_id()) OR (SELECT actor_is_staff()));
CREATE POLICY media_assets_jobs ON media_assets TO app_worker USING (true) WITH CHECK (true);

ALTER TABLE faqs ENABLE ROW LEVEL SECURITY;
CREATE POLICY faqs_read ON faqs FOR SELECT TO app_user USING (is_published OR (SELECT actor_is_staff()));
CREATE POLICY faqs_add ON faqs FOR INSERT TO app_user WITH CHECK ((SELECT actor_is_staff()));
CREATE POLICY faqs_change ON faqs FOR UPDATE TO app_user USING ((SELECT actor_is_staff()));
CREATE POLICY faqs_remove ON faqs FOR DELETE TO app_user USING ((SELECT actor_is_staff()));
CREATE POLICY faqs_jobs ON faqs TO app_worker USING (true) WITH CHECK (true);
