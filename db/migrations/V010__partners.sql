-- Why: organisations, the people who act for them, and the cohorts they bring.
-- Locks: none that matter, every object is new.

-- ============================================================================
-- PARTNERS: Organizational partner profiles
-- ============================================================================
CREATE TABLE partners (
  partner_id UUID PRIMARY KEY DEFAULT uuid_v7(),

  -- Organization
  organization_name VARCHAR(500) NOT NULL,
  slug VARCHAR(500) UNIQUE NOT NULL,
  description TEXT,

  -- Type
  partner_type VARCHAR(30) NOT NULL,

  -- Contact
  primary_contact_user_id UUID REFERENCES users(user_id) ON DELETE SET NULL,
  contact_email VARCHAR(255),
  contact_phone VARCHAR(50),
  website_url VARCHAR(500),

  -- Location
  headquarters_location JSONB, -- {country, city}
  operating_regions JSONB, -- Array of countries/regions

  -- Branding
  logo_url VARCHAR(500),
  brand_colors JSONB, -- {primary, secondary, accent}

  -- Partnership Details
  partnership_tier VARCHAR(20), -- bronze, silver, gold, platinum
  partnership_start_date DATE,
  partnership_end_date DATE,

  -- Programs
  programs_enrolled JSONB, -- copy of partner_programs (R7)
  custom_programs JSONB, -- Co-branded program details

  -- Engagement Metrics
  total_participants INT DEFAULT 0,
  active_participants INT DEFAULT 0,
  certifications_issued INT DEFAULT 0,

  -- Status
  status VARCHAR(20) DEFAULT 'active', -- active, inactive, suspended
  is_featured BOOLEAN DEFAULT FALSE,
  deleted_at TIMESTAMPTZ, -- Soft delete (R36)

  created_at TIMESTAMPTZ DEFAULT NOW(),
  updated_at TIMESTAMPTZ DEFAULT NOW(),

  CONSTRAINT valid_partner_type CHECK (partner_type IN
    ('corporate', 'academic', 'ngo', 'government', 'cec_franchise', 'sponsor')),
  CONSTRAINT valid_status CHECK (status IN ('active', 'inactive', 'suspended'))
);

CREATE INDEX idx_partners_type ON partners(partner_type);
CREATE INDEX idx_partners_status ON partners(status) WHERE status = 'active';
CREATE INDEX idx_partners_primary_contact ON partners(primary_contact_user_id) WHERE primary_contact_user_id IS NOT NULL;
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON partners FOR EACH ROW EXECUTE FUNCTION touch_updated_at(
  'total_participants', 'active_participants', 'certifications_issued');
CREATE TRIGGER remember_slug AFTER UPDATE OF slug ON partners FOR EACH ROW
  WHEN (OLD.slug <> NEW.slug) EXECUTE FUNCTION remember_slug('partner', 'partner_id');

-- Whose partner someone with the role is (R38)
CREATE TABLE partner_members (
  partner_id UUID NOT NULL REFERENCES partners(partner_id) ON DELETE CASCADE,
  user_id UUID NOT NULL REFERENCES users(user_id) ON DELETE CASCADE,
  role VARCHAR(20) NOT NULL DEFAULT 'member',
  joined_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  PRIMARY KEY (partner_id, user_id),
  CONSTRAINT valid_role CHECK (role IN ('owner', 'manager', 'member'))
);
CREATE INDEX idx_partner_members_user ON partner_members(user_id);

CREATE TABLE partner_programs (
  partner_id UUID NOT NULL REFERENCES partners(partner_id) ON DELETE CASCADE,
  program_id UUID NOT NULL REFERENCES programs(program_id) ON DELETE CASCADE,
  added_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  PRIMARY KEY (partner_id, program_id)
);
CREATE INDEX idx_partner_programs_program ON partner_programs(program_id);

CREATE FUNCTION copy_partner_programs() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  changed uuid;
BEGIN
  IF TG_OP = 'DELETE' THEN changed := OLD.partner_id; ELSE changed := NEW.partner_id; END IF;
  UPDATE partners SET programs_enrolled = (
    SELECT jsonb_agg(program_id ORDER BY added_at, program_id) FROM partner_programs WHERE partner_id = changed)
  WHERE partner_id = changed;
  RETURN NULL;
END
$$;
CREATE TRIGGER copy_partner_programs AFTER INSERT OR DELETE ON partner_programs FOR EACH ROW EXECUTE FUNCTION copy_partner_programs();

-- ============================================================================
-- PARTNER_COHORTS: Bulk enrollment groups
-- ============================================================================
CREATE TABLE partner_cohorts (
  cohort_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  partner_id UUID NOT NULL REFERENCES partners(partner_id) ON DELETE CASCADE,
  program_id UUID NOT NULL REFERENCES programs(program_id),

  -- Cohort Info
  cohort_name VARCHAR(255) NOT NULL,
  description TEXT,

  -- Schedule
  start_date DATE NOT NULL,
  end_date DATE,

  -- Capacity
  max_participants INT,
  enrolled_count INT DEFAULT 0, -- moved with each member in its own transaction, never a delta

  -- Customization
  is_white_labeled BOOLEAN DEFAULT FALSE,
  custom_branding JSONB,

  -- Status
  status VARCHAR(20) DEFAULT 'active', -- active, completed, cancelled

  created_at TIMESTAMPTZ DEFAULT NOW(),
  updated_at TIMESTAMPTZ DEFAULT NOW(),

  CONSTRAINT valid_status CHECK (status IN ('active', 'completed', 'cancelled')),
  CONSTRAINT within_capacity CHECK (max_participants IS NULL OR enrolled_count <= max_participants)
);

CREATE INDEX idx_cohorts_partner ON partner_cohorts(partner_id);
CREATE INDEX idx_cohorts_program ON partner_cohorts(program_id);
CREATE INDEX idx_cohorts_dates ON partner_cohorts(start_date, end_date);
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON partner_cohorts FOR EACH ROW EXECUTE FUNCTION touch_updated_at('enrolled_count');

-- ============================================================================
-- COHORT_MEMBERS: Users in partner cohorts
-- ============================================================================
CREATE TABLE cohort_members (
  cohort_member_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  cohort_id UUID NOT NULL REFERENCES partner_cohorts(cohort_id) ON DELETE CASCADE,
  user_id UUID NOT NULL REFERENCES users(user_id) ON DELETE CASCADE,
  enrollment_id UUID REFERENCES enrollments(enrollment_id),

  -- Employee/Participant Info
  employee_id VARCHAR(100), -- Partner's internal ID
  department VARCHAR(100),
  role VARCHAR(100),

  -- Status
  status VARCHAR(20) DEFAULT 'active', -- active, completed, dropped

  joined_at TIMESTAMPTZ DEFAULT NOW(),
  completed_at TIMESTAMPTZ,

  UNIQUE(cohort_id, user_id),
  CONSTRAINT valid_status CHECK (status IN ('active', 'completed', 'dropped'))
);

CREATE INDEX idx_cohort_members_user ON cohort_members(user_id);
CREATE INDEX idx_cohort_members_enrollment ON cohort_members(enrollment_id) WHERE enrollment_id IS NOT NULL;

CREATE FUNCTION count_cohort_member() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  partner uuid;
BEGIN
  IF TG_OP <> 'INSERT' THEN
    SELECT partner_id INTO partner FROM partner_cohorts WHERE cohort_id = OLD.cohort_id;
    PERFORM count_delta('partners', 'total_participants', partner, -1);
    IF OLD.status = 'active' THEN PERFORM count_delta('partners', 'active_participants', partner, -1); END IF;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    SELECT partner_id INTO partner FROM partner_cohorts WHERE cohort_id = NEW.cohort_id;
    PERFORM count_delta('partners', 'total_participants', partner, 1);
    IF NEW.status = 'active' THEN PERFORM count_delta('partners', 'active_participants', partner, 1); END IF;
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER count_cohort_member AFTER INSERT OR DELETE OR UPDATE OF status, cohort_id ON cohort_members
  FOR EACH ROW EXECUTE FUNCTION count_cohort_member();

-- Members go before their cohort does, while it can still say whose they were.
CREATE FUNCTION remove_cohort_members_first() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM cohort_members WHERE cohort_id = OLD.cohort_id;
  RETURN OLD;
END
$$;
CREATE TRIGGER remove_cohort_members_first BEFORE DELETE ON partner_cohorts FOR EACH ROW EXECUTE FUNCTION remove_cohort_members_first();

INSERT INTO counter_sources VALUES
  ('partners', 'total_participants', 'partner_id', 'SELECT c.partner_id, count(*) FROM cohort_members m JOIN partner_cohorts c USING (cohort_id) GROUP BY 1'),
  ('partners', 'active_participants', 'partner_id', 'SELECT c.partner_id, count(*) FROM cohort_members m JOIN partner_cohorts c USING (cohort_id) WHERE m.status = ''active'' GROUP BY 1');

-- ============================================================================
-- Row security (R34)
-- ============================================================================
CREATE FUNCTION actor_in_partner(partner uuid, VARIADIC roles text[] DEFAULT '{owner,manager,member}') RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN actor_is_staff() OR EXISTS (
    SELECT FROM partner_members m WHERE m.partner_id = partner AND m.user_id = actor_id() AND m.role = ANY (roles));
END
$$;

CREATE FUNCTION actor_in_cohorts_partner(cohort uuid, VARIADIC roles text[] DEFAULT '{owner,manager,member}') RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN actor_in_partner((SELECT c.partner_id FROM partner_cohorts c WHERE c.cohort_id = cohort), VARIADIC roles);
END
$$;
GRANT EXECUTE ON FUNCTION actor_in_partner(uuid, text[]), actor_in_cohorts_partner(uuid, text[]) TO app_user, app_worker;

GRANT SELECT, INSERT, UPDATE ON partners TO app_user;
GRANT SELECT, INSERT, UPDATE, DELETE ON partner_members, partner_programs, partner_cohorts, cohort_members TO app_user;
GRANT SELECT, INSERT, UPDATE, DELETE ON partners, partner_members, partner_programs, partner_cohorts, cohort_members TO app_worker;

ALTER TABLE partners ENABLE ROW LEVEL SECURITY;
CREATE POLICY partners_read ON partners FOR SELECT TO app_user
  USING ((status = 'active' AND deleted_at IS NULL) OR actor_in_partner(partner_id));
CREATE POLICY partners_add ON partners FOR INSERT TO app_user WITH CHECK ((SELECT actor_is_staff()));
-- A suspended partner does not put itself back.
CREATE POLICY partners_change ON partners FOR UPDATE TO app_user
  USING ((SELECT actor_is_staff()) OR (status = 'active' AND deleted_at IS NULL AND actor_in_partner(partner_id, 'owner', 'manager')));
CREATE POLICY partners_jobs ON partners TO app_worker USING (true) WITH CHECK (true);

ALTER TABLE partner_members ENABLE ROW LEVEL SECURITY;
CREATE POLICY partner_members_read ON partner_members FOR SELECT TO app_user USING (actor_in_partner(partner_id));
CREATE POLICY partner_members_add ON partner_members FOR INSERT TO app_user WITH CHECK (actor_in_partner(partner_id, 'owner'));
CREATE POLICY partner_members_change ON partner_members FOR UPDATE TO app_user USING (actor_in_partner(partner_id, 'owner'));
CREATE POLICY partner_members_remove ON partner_members FOR DELETE TO app_user
  USING (user_id = (SELECT actor_id()) OR actor_in_partner(partner_id, 'owner'));
CREATE POLICY partner_members_jobs ON partner_members TO app_worker USING (true) WITH CHECK (true);

ALTER TABLE partner_programs ENABLE ROW LEVEL SECURITY;
CREATE POLICY partner_programs_read ON partner_programs FOR SELECT TO app_user USING (actor_in_partner(partner_id));
CREATE POLICY partner_programs_add ON partner_programs FOR INSERT TO app_user WITH CHECK (actor_in_partner(partner_id, 'owner', 'manager'));
CREATE POLICY partner_programs_remove ON partner_programs FOR DELETE TO app_user USING (actor_in_partner(partner_id, 'owner', 'manager'));
CREATE POLICY partner_programs_jobs ON partner_programs TO app_worker USING (true) WITH CHECK (true);

ALTER TABLE partner_cohorts ENABLE ROW LEVEL SECURITY;
CREATE POLICY partner_cohorts_read ON partner_cohorts FOR SELECT TO app_user USING (actor_in_partner(partner_id)
  OR EXISTS (SELECT FROM cohort_members m WHERE m.cohort_id = partner_cohorts.cohort_id AND m.user_id = (SELECT actor_id())));
CREATE POLICY partner_cohorts_add ON partner_cohorts FOR INSERT TO app_user WITH CHECK (actor_in_partner(partner_id, 'owner', 'manager'));
CREATE POLICY partner_cohorts_change ON partner_cohorts FOR UPDATE TO app_user USING (actor_in_partner(partner_id, 'owner', 'manager'));
CREATE POLICY partner_cohorts_remove ON partner_cohorts FOR DELETE TO app_user USING (actor_in_partner(partner_id, 'owner'));
CREATE POLICY partner_cohorts_jobs ON partner_cohorts TO app_worker USING (true) WITH CHECK (true);

ALTER TABLE cohort_members ENABLE ROW LEVEL SECURITY;
CREATE POLICY cohort_members_read ON cohort_members FOR SELECT TO app_user
  USING (user_id = (SELECT actor_id()) OR actor_in_cohorts_partner(cohort_id));
CREATE POLICY cohort_members_add ON cohort_members FOR INSERT TO app_user WITH CHECK (actor_in_cohorts_partner(cohort_id, 'owner', 'manager'));
CREATE POLICY cohort_members_change ON cohort_members FOR UPDATE TO app_user USING (actor_in_cohorts_partner(cohort_id, 'owner', 'manager'));
CREATE POLICY cohort_members_remove ON cohort_members FOR DELETE TO app_user USING (actor_in_cohorts_partner(cohort_id, 'owner', 'manager'));
CREATE POLICY cohort_members_jobs ON cohort_members TO app_worker USING (true) WITH CHECK (true);
