-- Why: what people write, say of each other's writing, send to each other, and build together.
-- Locks: none that matter, every object is new.

-- ============================================================================
-- POSTS: Community discussions, stories, questions
-- ============================================================================
CREATE TABLE posts (
  post_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  author_id UUID REFERENCES users(user_id) ON DELETE SET NULL, -- NULL once the author is erased and left the text (R11)

  -- Content
  title VARCHAR(500),
  content TEXT NOT NULL,
  category VARCHAR(50) NOT NULL, -- discussion, story, question, project, announcement
  tags JSONB, -- ["entrepreneurship", "branding", ...]
  language VARCHAR(10) NOT NULL DEFAULT 'en', -- R33
  translation_of UUID REFERENCES posts(post_id) ON DELETE SET NULL,

  -- Media
  media_urls JSONB, -- [{url, type, thumbnail}, ...]

  -- Engagement Metrics (denormalized)
  view_count INT DEFAULT 0, -- approximate
  like_count INT DEFAULT 0,
  comment_count INT DEFAULT 0,
  bookmark_count INT DEFAULT 0,
  share_count INT DEFAULT 0, -- approximate

  -- Moderation
  status VARCHAR(20) DEFAULT 'published', -- draft, pending, published, flagged, removed
  moderated_by UUID REFERENCES users(user_id) ON DELETE SET NULL,
  moderation_note TEXT,

  -- Pinning & Featuring
  is_pinned BOOLEAN DEFAULT FALSE,
  is_featured BOOLEAN DEFAULT FALSE,
  featured_until TIMESTAMPTZ,

  -- SEO
  slug VARCHAR(500) UNIQUE,

  -- Timestamps
  created_at TIMESTAMPTZ DEFAULT NOW(),
  updated_at TIMESTAMPTZ DEFAULT NOW(),
  published_at TIMESTAMPTZ,

  CONSTRAINT valid_category CHECK (category IN ('discussion', 'story', 'question', 'project', 'announcement')),
  CONSTRAINT valid_status CHECK (status IN ('draft', 'pending', 'published', 'flagged', 'removed')),
  CONSTRAINT valid_language CHECK (language IN ('en', 'sw', 'fr')),
  CONSTRAINT published_has_date CHECK (status <> 'published' OR published_at IS NOT NULL)
);

CREATE INDEX idx_posts_author ON posts(author_id, published_at DESC);
-- P3 walks one of these two backwards in time, from the cursor on, and stops after a page (R4).
CREATE INDEX idx_posts_category ON posts(category, published_at DESC, post_id DESC) WHERE status = 'published';
CREATE INDEX idx_posts_published ON posts(published_at DESC, post_id DESC) WHERE status = 'published';
CREATE INDEX idx_posts_status ON posts(status);
CREATE INDEX idx_posts_tags ON posts USING GIN (tags);
CREATE INDEX idx_posts_featured ON posts(is_featured, published_at DESC) WHERE is_featured = TRUE;
CREATE INDEX idx_posts_moderated_by ON posts(moderated_by) WHERE moderated_by IS NOT NULL;
CREATE INDEX idx_posts_translation_of ON posts(translation_of) WHERE translation_of IS NOT NULL;

-- Full-text search
CREATE INDEX idx_posts_fts ON posts USING GIN (
  search_document(language, coalesce(title, '') || ' ' || coalesce(content, ''))
);

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON posts FOR EACH ROW EXECUTE FUNCTION touch_updated_at(
  'view_count', 'like_count', 'comment_count', 'bookmark_count', 'share_count');
CREATE TRIGGER remember_slug AFTER UPDATE OF slug ON posts FOR EACH ROW
  WHEN (OLD.slug <> NEW.slug) EXECUTE FUNCTION remember_slug('post', 'post_id');

CREATE FUNCTION count_post() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND OLD.status = 'published' THEN PERFORM count_delta('user_profiles', 'post_count', OLD.author_id, -1); END IF;
  IF TG_OP <> 'DELETE' AND NEW.status = 'published' THEN PERFORM count_delta('user_profiles', 'post_count', NEW.author_id, 1); END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER count_post AFTER INSERT OR DELETE OR UPDATE OF status, author_id ON posts FOR EACH ROW EXECUTE FUNCTION count_post();

-- ============================================================================
-- COMMENTS: Replies to posts
-- ============================================================================
CREATE TABLE comments (
  comment_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  post_id UUID NOT NULL REFERENCES posts(post_id) ON DELETE CASCADE,
  author_id UUID REFERENCES users(user_id) ON DELETE SET NULL,
  parent_comment_id UUID REFERENCES comments(comment_id) ON DELETE CASCADE, -- For nested replies

  -- Content
  content TEXT NOT NULL,

  -- Engagement
  like_count INT DEFAULT 0,

  -- Moderation
  status VARCHAR(20) DEFAULT 'published', -- published, flagged, removed
  moderated_by UUID REFERENCES users(user_id) ON DELETE SET NULL,

  -- Timestamps
  created_at TIMESTAMPTZ DEFAULT NOW(),
  updated_at TIMESTAMPTZ DEFAULT NOW(),

  CONSTRAINT valid_status CHECK (status IN ('published', 'flagged', 'removed'))
);

CREATE INDEX idx_comments_post ON comments(post_id, created_at);
CREATE INDEX idx_comments_author ON comments(author_id);
CREATE INDEX idx_comments_parent ON comments(parent_comment_id) WHERE parent_comment_id IS NOT NULL;
CREATE INDEX idx_comments_moderated_by ON comments(moderated_by) WHERE moderated_by IS NOT NULL;
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON comments FOR EACH ROW EXECUTE FUNCTION touch_updated_at('like_count');

CREATE FUNCTION count_comment() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND OLD.status = 'published' THEN PERFORM count_delta('posts', 'comment_count', OLD.post_id, -1); END IF;
  IF TG_OP <> 'DELETE' AND NEW.status = 'published' THEN PERFORM count_delta('posts', 'comment_count', NEW.post_id, 1); END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER count_comment AFTER INSERT OR DELETE OR UPDATE OF status, post_id ON comments FOR EACH ROW EXECUTE FUNCTION count_comment();

-- ============================================================================
-- REACTIONS: Likes, bookmarks, endorsements
-- ============================================================================
CREATE TABLE reactions (
  reaction_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  user_id UUID NOT NULL REFERENCES users(user_id) ON DELETE CASCADE,

  -- Target (polymorphic, R26: the write checks it, its deletion removes its reactions)
  entity_type VARCHAR(20) NOT NULL, -- post, comment, project, profile
  entity_id UUID NOT NULL,

  -- Reaction Type
  reaction_type VARCHAR(20) NOT NULL, -- like, love, bookmark, endorse

  created_at TIMESTAMPTZ DEFAULT NOW(),

  UNIQUE(user_id, entity_type, entity_id, reaction_type),
  CONSTRAINT valid_entity_type CHECK (entity_type IN ('post', 'comment', 'project', 'profile')),
  CONSTRAINT valid_reaction_type CHECK (reaction_type IN ('like', 'love', 'bookmark', 'endorse'))
);

CREATE INDEX idx_reactions_user ON reactions(user_id, reaction_type);
CREATE INDEX idx_reactions_entity ON reactions(entity_type, entity_id);

-- A like and a love both count as a like.
CREATE FUNCTION count_reaction() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  step int := 1;
  r reactions;
BEGIN
  IF TG_OP = 'INSERT' THEN r := NEW; ELSE r := OLD; step := -1; END IF;
  IF r.entity_type = 'post' AND r.reaction_type IN ('like', 'love') THEN
    PERFORM count_delta('posts', 'like_count', r.entity_id, step);
  ELSIF r.entity_type = 'post' AND r.reaction_type = 'bookmark' THEN
    PERFORM count_delta('posts', 'bookmark_count', r.entity_id, step);
  ELSIF r.entity_type = 'comment' AND r.reaction_type IN ('like', 'love') THEN
    PERFORM count_delta('comments', 'like_count', r.entity_id, step);
  ELSIF r.entity_type = 'project' AND r.reaction_type = 'endorse' THEN
    PERFORM count_delta('projects', 'endorsement_count', r.entity_id, step);
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER count_reaction AFTER INSERT OR DELETE ON reactions FOR EACH ROW EXECUTE FUNCTION count_reaction();

-- Arguments: entity type, key column.
CREATE FUNCTION remove_reactions() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM reactions WHERE entity_type = TG_ARGV[0] AND entity_id = (to_jsonb(OLD) ->> TG_ARGV[1])::uuid;
  RETURN NULL;
END
$$;
CREATE TRIGGER remove_reactions AFTER DELETE ON posts FOR EACH ROW EXECUTE FUNCTION remove_reactions('post', 'post_id');
CREATE TRIGGER remove_reactions AFTER DELETE ON comments FOR EACH ROW EXECUTE FUNCTION remove_reactions('comment', 'comment_id');

-- Keeps what is about to be reacted to from being deleted until the transaction ends; false when there is no such thing to
-- be seen. With the owner's rights, because a row lock asks for the right to change the row.
CREATE FUNCTION hold_reaction_target(entity_type text, entity_id uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  CASE entity_type
    WHEN 'post' THEN PERFORM FROM posts p WHERE p.post_id = entity_id AND p.status = 'published' FOR KEY SHARE;
    WHEN 'comment' THEN PERFORM FROM comments c WHERE c.comment_id = entity_id AND c.status = 'published' FOR KEY SHARE;
    WHEN 'project' THEN PERFORM FROM projects p WHERE p.project_id = entity_id AND p.status = 'approved' FOR KEY SHARE;
    WHEN 'profile' THEN PERFORM FROM users u WHERE u.user_id = entity_id AND u.status = 'active' FOR KEY SHARE;
    ELSE RETURN false;
  END CASE;
  RETURN FOUND;
END
$$;
GRANT EXECUTE ON FUNCTION hold_reaction_target(text, uuid) TO app_user;

-- ============================================================================
-- MESSAGES: Direct user-to-user messaging
-- ============================================================================
CREATE TABLE messages (
  message_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  conversation_id UUID NOT NULL, -- Group messages by conversation
  sender_id UUID NOT NULL REFERENCES users(user_id),
  recipient_id UUID NOT NULL REFERENCES users(user_id),

  -- Content
  content TEXT NOT NULL,
  attachments JSONB, -- [{filename, url, type, size}, ...]

  -- Status
  is_read BOOLEAN DEFAULT FALSE,
  read_at TIMESTAMPTZ,
  is_deleted_by_sender BOOLEAN DEFAULT FALSE,
  is_deleted_by_recipient BOOLEAN DEFAULT FALSE,

  -- Timestamps
  created_at TIMESTAMPTZ DEFAULT NOW(),

  CONSTRAINT no_self_message CHECK (sender_id != recipient_id)
);

CREATE INDEX idx_messages_conversation ON messages(conversation_id, created_at DESC);
CREATE INDEX idx_messages_sender ON messages(sender_id);
CREATE INDEX idx_messages_recipient ON messages(recipient_id, is_read);

-- ============================================================================
-- PROJECTS: Innovation Hub project submissions
-- ============================================================================
CREATE TABLE projects (
  project_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  submitted_by UUID REFERENCES users(user_id) ON DELETE SET NULL,

  -- Content
  title VARCHAR(500) NOT NULL,
  slug VARCHAR(500) UNIQUE,
  problem_statement TEXT NOT NULL,
  solution_description TEXT NOT NULL,
  target_market TEXT,

  -- Stage & Support
  stage VARCHAR(20) NOT NULL, -- idea, prototype, active, scaling
  support_needed JSONB, -- ["mentorship", "funding", "visibility", "partnership"]

  -- Media
  pitch_deck_url VARCHAR(500),
  demo_url VARCHAR(500),
  media_urls JSONB,

  -- Engagement
  view_count INT DEFAULT 0, -- approximate
  endorsement_count INT DEFAULT 0,
  collaboration_request_count INT DEFAULT 0,

  -- Status
  status VARCHAR(20) DEFAULT 'pending', -- pending, approved, rejected, archived
  reviewed_by UUID REFERENCES users(user_id) ON DELETE SET NULL,
  review_notes TEXT,

  -- Visibility
  is_featured BOOLEAN DEFAULT FALSE,
  featured_until TIMESTAMPTZ,

  -- Timestamps
  created_at TIMESTAMPTZ DEFAULT NOW(),
  updated_at TIMESTAMPTZ DEFAULT NOW(),
  published_at TIMESTAMPTZ,

  CONSTRAINT valid_stage CHECK (stage IN ('idea', 'prototype', 'active', 'scaling')),
  CONSTRAINT valid_status CHECK (status IN ('pending', 'approved', 'rejected', 'archived'))
);

CREATE INDEX idx_projects_submitted_by ON projects(submitted_by);
CREATE INDEX idx_projects_status ON projects(status, created_at DESC);
CREATE INDEX idx_projects_published ON projects(published_at DESC) WHERE status = 'approved';
CREATE INDEX idx_projects_stage ON projects(stage) WHERE status = 'approved';
CREATE INDEX idx_projects_support ON projects USING GIN (support_needed);
CREATE INDEX idx_projects_reviewed_by ON projects(reviewed_by) WHERE reviewed_by IS NOT NULL;

-- Full-text search
CREATE INDEX idx_projects_fts ON projects USING GIN (
  to_tsvector('english', coalesce(title, '') || ' ' || coalesce(problem_statement, '') || ' ' || coalesce(solution_description, ''))
);

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON projects FOR EACH ROW EXECUTE FUNCTION touch_updated_at(
  'view_count', 'endorsement_count', 'collaboration_request_count');
CREATE TRIGGER remove_reactions AFTER DELETE ON projects FOR EACH ROW EXECUTE FUNCTION remove_reactions('project', 'project_id');

-- ============================================================================
-- PROJECT_COLLABORATORS: Team members on projects
-- ============================================================================
CREATE TABLE project_collaborators (
  collaborator_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  project_id UUID NOT NULL REFERENCES projects(project_id) ON DELETE CASCADE,
  user_id UUID NOT NULL REFERENCES users(user_id) ON DELETE CASCADE,
  role VARCHAR(100), -- Co-founder, Developer, Designer, Advisor, etc.
  joined_at TIMESTAMPTZ DEFAULT NOW(),

  UNIQUE(project_id, user_id)
);

CREATE INDEX idx_project_collaborators_user ON project_collaborators(user_id);

-- What collaboration_request_count counts (R8)
CREATE TABLE project_collaboration_requests (
  request_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  project_id UUID NOT NULL REFERENCES projects(project_id) ON DELETE CASCADE,
  user_id UUID NOT NULL REFERENCES users(user_id) ON DELETE CASCADE,
  message TEXT,
  status VARCHAR(20) NOT NULL DEFAULT 'pending',
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  UNIQUE (project_id, user_id),
  CONSTRAINT valid_status CHECK (status IN ('pending', 'accepted', 'declined', 'withdrawn'))
);
CREATE INDEX idx_collaboration_requests_user ON project_collaboration_requests(user_id);

CREATE FUNCTION count_collaboration_request() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN PERFORM count_delta('projects', 'collaboration_request_count', OLD.project_id, -1);
  ELSE PERFORM count_delta('projects', 'collaboration_request_count', NEW.project_id, 1); END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER count_collaboration_request AFTER INSERT OR DELETE ON project_collaboration_requests
  FOR EACH ROW EXECUTE FUNCTION count_collaboration_request();

INSERT INTO counter_sources VALUES
  ('user_profiles', 'post_count', 'user_id', 'SELECT author_id, count(*) FROM posts WHERE status = ''published'' GROUP BY 1'),
  ('posts', 'comment_count', 'post_id', 'SELECT post_id, count(*) FROM comments WHERE status = ''published'' GROUP BY 1'),
  ('posts', 'like_count', 'post_id', 'SELECT entity_id, count(*) FROM reactions WHERE entity_type = ''post'' AND reaction_type IN (''like'', ''love'') GROUP BY 1'),
  ('posts', 'bookmark_count', 'post_id', 'SELECT entity_id, count(*) FROM reactions WHERE entity_type = ''post'' AND reaction_type = ''bookmark'' GROUP BY 1'),
  ('comments', 'like_count', 'comment_id', 'SELECT entity_id, count(*) FROM reactions WHERE entity_type = ''comment'' AND reaction_type IN (''like'', ''love'') GROUP BY 1'),
  ('projects', 'endorsement_count', 'project_id', 'SELECT entity_id, count(*) FROM reactions WHERE entity_type = ''project'' AND reaction_type = ''endorse'' GROUP BY 1'),
  ('projects', 'collaboration_request_count', 'project_id', 'SELECT project_id, count(*) FROM project_collaboration_requests GROUP BY 1');

-- ============================================================================
-- Row security (R34)
-- ============================================================================
GRANT SELECT, INSERT, UPDATE, DELETE ON posts, comments, reactions, projects, project_collaborators, project_collaboration_requests TO app_user, app_worker;
GRANT SELECT, INSERT, UPDATE (is_read, read_at, is_deleted_by_sender, is_deleted_by_recipient) ON messages TO app_user;
GRANT SELECT, INSERT, UPDATE, DELETE ON messages TO app_worker;

ALTER TABLE posts ENABLE ROW LEVEL SECURITY;
CREATE POLICY posts_read ON posts FOR SELECT TO app_user
  USING (status = 'published' OR author_id = (SELECT actor_id()) OR (SELECT actor_is_staff()));
CREATE POLICY posts_add ON posts FOR INSERT TO app_user WITH CHECK (author_id = (SELECT actor_id()));
-- What moderation took down its author cannot put back.
CREATE POLICY posts_change ON posts FOR UPDATE TO app_user
  USING ((author_id = (SELECT actor_id()) AND status NOT IN ('flagged', 'removed')) OR (SELECT actor_is_staff()))
  WITH CHECK (author_id = (SELECT actor_id()) OR (SELECT actor_is_staff()));
CREATE POLICY posts_remove ON posts FOR DELETE TO app_user USING (author_id = (SELECT actor_id()) OR (SELECT actor_is_staff()));
CREATE POLICY posts_jobs ON posts TO app_worker USING (true) WITH CHECK (true);

ALTER TABLE comments ENABLE ROW LEVEL SECURITY;
CREATE POLICY comments_read ON comments FOR SELECT TO app_user
  USING (status = 'published' OR author_id = (SELECT actor_id()) OR (SELECT actor_is_staff()));
CREATE POLICY comments_add ON comments FOR INSERT TO app_user WITH CHECK (author_id = (SELECT actor_id()));
CREATE POLICY comments_change ON comments FOR UPDATE TO app_user
  USING ((author_id = (SELECT actor_id()) AND status = 'published') OR (SELECT actor_is_staff()))
  WITH CHECK (author_id = (SELECT actor_id()) OR (SELECT actor_is_staff()));
CREATE POLICY comments_remove ON comments FOR DELETE TO app_user USING (author_id = (SELECT actor_id()) OR (SELECT actor_is_staff()));
CREATE POLICY comments_jobs ON comments TO app_worker USING (true) WITH CHECK (true);

ALTER TABLE reactions ENABLE ROW LEVEL SECURITY;
CREATE POLICY reactions_read ON reactions FOR SELECT TO app_user USING (user_id = (SELECT actor_id()));
CREATE POLICY reactions_add ON reactions FOR INSERT TO app_user WITH CHECK (user_id = (SELECT actor_id()));
CREATE POLICY reactions_remove ON reactions FOR DELETE TO app_user USING (user_id = (SELECT actor_id()));
CREATE POLICY reactions_jobs ON reactions TO app_worker USING (true) WITH CHECK (true);

-- Not even staff read private messages here; a report brings its own copy.
ALTER TABLE messages ENABLE ROW LEVEL SECURITY;
CREATE POLICY messages_read ON messages FOR SELECT TO app_user
  USING (sender_id = (SELECT actor_id()) OR recipient_id = (SELECT actor_id()));
CREATE POLICY messages_add ON messages FOR INSERT TO app_user WITH CHECK (sender_id = (SELECT actor_id()));
CREATE POLICY messages_change ON messages FOR UPDATE TO app_user
  USING (sender_id = (SELECT actor_id()) OR recipient_id = (SELECT actor_id()));
CREATE POLICY messages_jobs ON messages TO app_worker USING (true) WITH CHECK (true);

ALTER TABLE projects ENABLE ROW LEVEL SECURITY;
CREATE POLICY projects_read ON projects FOR SELECT TO app_user
  USING (status = 'approved' OR submitted_by = (SELECT actor_id()) OR (SELECT actor_is_staff()));
CREATE POLICY projects_add ON projects FOR INSERT TO app_user WITH CHECK (submitted_by = (SELECT actor_id()) AND status = 'pending');
CREATE POLICY projects_change ON projects FOR UPDATE TO app_user
  USING ((submitted_by = (SELECT actor_id()) AND status = 'pending') OR (SELECT actor_is_staff()))
  WITH CHECK ((submitted_by = (SELECT actor_id()) AND status = 'pending') OR (SELECT actor_is_staff()));
CREATE POLICY projects_remove ON projects FOR DELETE TO app_user USING (submitted_by = (SELECT actor_id()) OR (SELECT actor_is_staff()));
CREATE POLICY projects_jobs ON projects TO app_worker USING (true) WITH CHECK (true);

CREATE FUNCTION actor_leads_project(project uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT FROM projects p WHERE p.project_id = project AND p.submitted_by = actor_id());
END
$$;
GRANT EXECUTE ON FUNCTION actor_leads_project(uuid) TO app_user;

ALTER TABLE project_collaborators ENABLE ROW LEVEL SECURITY;
CREATE POLICY project_collaborators_read ON project_collaborators FOR SELECT TO app_user
  USING (EXISTS (SELECT FROM projects p WHERE p.project_id = project_collaborators.project_id));
CREATE POLICY project_collaborators_add ON project_collaborators FOR INSERT TO app_user WITH CHECK (actor_leads_project(project_id));
CREATE POLICY project_collaborators_remove ON project_collaborators FOR DELETE TO app_user
  USING (user_id = (SELECT actor_id()) OR actor_leads_project(project_id));
CREATE POLICY project_collaborators_jobs ON project_collaborators TO app_worker USING (true) WITH CHECK (true);

ALTER TABLE project_collaboration_requests ENABLE ROW LEVEL SECURITY;
CREATE POLICY collaboration_requests_read ON project_collaboration_requests FOR SELECT TO app_user
  USING (user_id = (SELECT actor_id()) OR actor_leads_project(project_id));
CREATE POLICY collaboration_requests_add ON project_collaboration_requests FOR INSERT TO app_user
  WITH CHECK (user_id = (SELECT actor_id()) AND status = 'pending');
-- Who asks may ask again or withdraw; the answer is the project's.
CREATE POLICY collaboration_requests_change ON project_collaboration_requests FOR UPDATE TO app_user
  USING (user_id = (SELECT actor_id()) OR actor_leads_project(project_id))
  WITH CHECK ((user_id = (SELECT actor_id()) AND status IN ('pending', 'withdrawn')) OR actor_leads_project(project_id));
CREATE POLICY collaboration_requests_remove ON project_collaboration_requests FOR DELETE TO app_user USING (user_id = (SELECT actor_id()));
CREATE POLICY collaboration_requests_jobs ON project_collaboration_requests TO app_worker USING (true) WITH CHECK (true);
