-- Why: events, their tickets and who comes.
-- Locks: none that matter, every object is new.

-- ============================================================================
-- EVENTS: Masterclasses, webinars, conferences
-- ============================================================================
CREATE TABLE events (
  event_id UUID PRIMARY KEY DEFAULT uuid_v7(),

  -- Basic Info
  title VARCHAR(500) NOT NULL,
  slug VARCHAR(500) UNIQUE NOT NULL,
  description TEXT,
  agenda TEXT,
  language VARCHAR(10) NOT NULL DEFAULT 'en', -- R33
  translation_of UUID REFERENCES events(event_id) ON DELETE SET NULL,

  -- Date & Time
  event_date TIMESTAMPTZ NOT NULL,
  end_date TIMESTAMPTZ,
  timezone VARCHAR(50) NOT NULL,
  duration_minutes INT,

  -- Location
  location_type VARCHAR(20) NOT NULL, -- virtual, physical, hybrid
  physical_address TEXT,
  virtual_platform VARCHAR(50), -- zoom, youtube_live, google_meet
  virtual_link VARCHAR(500),
  meeting_id VARCHAR(100),
  meeting_password VARCHAR(100),

  -- Organizer
  organizer_id UUID NOT NULL REFERENCES users(user_id) ON DELETE RESTRICT,
  co_organizers JSONB, -- copy of event_organizers (R7)
  speakers JSONB, -- [{user_id, name, bio, photo_url}, ...]

  -- Capacity
  capacity_limit INT,
  registration_count INT DEFAULT 0, -- moved with each registration in its own transaction, never a delta (R27)
  attendance_count INT DEFAULT 0,

  -- Media
  banner_image_url VARCHAR(500),
  recording_url VARCHAR(500),

  -- Status
  status VARCHAR(20) DEFAULT 'draft', -- draft, published, in_progress, completed, cancelled
  is_featured BOOLEAN DEFAULT FALSE,

  -- Registration
  registration_opens_at TIMESTAMPTZ,
  registration_closes_at TIMESTAMPTZ,
  requires_approval BOOLEAN DEFAULT FALSE,

  -- SEO
  meta_description TEXT,

  created_at TIMESTAMPTZ DEFAULT NOW(),
  updated_at TIMESTAMPTZ DEFAULT NOW(),
  published_at TIMESTAMPTZ,

  CONSTRAINT valid_location_type CHECK (location_type IN ('virtual', 'physical', 'hybrid')),
  CONSTRAINT valid_status CHECK (status IN ('draft', 'published', 'in_progress', 'completed', 'cancelled')),
  CONSTRAINT valid_language CHECK (language IN ('en', 'sw', 'fr')),
  CONSTRAINT within_capacity CHECK (capacity_limit IS NULL OR registration_count <= capacity_limit)
);

CREATE INDEX idx_events_organizer ON events(organizer_id);
CREATE INDEX idx_events_date ON events(event_date) WHERE status = 'published';
CREATE INDEX idx_events_upcoming ON events(event_date, event_id) WHERE status = 'published'; -- R1
CREATE INDEX idx_events_status ON events(status);
CREATE INDEX idx_events_translation_of ON events(translation_of) WHERE translation_of IS NOT NULL;
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON events FOR EACH ROW EXECUTE FUNCTION touch_updated_at('registration_count', 'attendance_count');
CREATE TRIGGER remember_slug AFTER UPDATE OF slug ON events FOR EACH ROW
  WHEN (OLD.slug <> NEW.slug) EXECUTE FUNCTION remember_slug('event', 'event_id');

CREATE TABLE event_organizers (
  event_id UUID NOT NULL REFERENCES events(event_id) ON DELETE CASCADE,
  user_id UUID NOT NULL REFERENCES users(user_id) ON DELETE CASCADE,
  added_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  PRIMARY KEY (event_id, user_id)
);
CREATE INDEX idx_event_organizers_user ON event_organizers(user_id);

CREATE FUNCTION copy_event_organizers() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  changed uuid;
BEGIN
  IF TG_OP = 'DELETE' THEN changed := OLD.event_id; ELSE changed := NEW.event_id; END IF;
  UPDATE events SET co_organizers = (
    SELECT jsonb_agg(user_id ORDER BY added_at, user_id) FROM event_organizers WHERE event_id = changed)
  WHERE event_id = changed;
  RETURN NULL;
END
$$;
CREATE TRIGGER copy_event_organizers AFTER INSERT OR DELETE ON event_organizers FOR EACH ROW EXECUTE FUNCTION copy_event_organizers();

-- ============================================================================
-- EVENT_TICKETS: Ticket tiers for events
-- ============================================================================
CREATE TABLE event_tickets (
  ticket_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  event_id UUID NOT NULL REFERENCES events(event_id) ON DELETE CASCADE,

  -- Ticket Type
  name VARCHAR(100) NOT NULL, -- Early Bird, General, VIP, etc.
  description TEXT,

  -- Pricing
  price DECIMAL(10,2) NOT NULL,
  currency VARCHAR(3) DEFAULT 'USD',

  -- Availability
  quantity_available INT,
  quantity_sold INT DEFAULT 0,

  -- Sale Period
  sale_starts_at TIMESTAMPTZ,
  sale_ends_at TIMESTAMPTZ,

  -- Access Level
  perks JSONB, -- ["Certificate", "Recordings", "VIP Seating"]

  -- Status
  is_active BOOLEAN DEFAULT TRUE,

  created_at TIMESTAMPTZ DEFAULT NOW(),

  CONSTRAINT valid_price CHECK (price >= 0),
  CONSTRAINT valid_quantity CHECK (quantity_sold <= quantity_available)
);

CREATE INDEX idx_event_tickets_event ON event_tickets(event_id);
CREATE INDEX idx_event_tickets_active ON event_tickets(event_id, is_active) WHERE is_active = TRUE;

-- ============================================================================
-- EVENT_REGISTRATIONS: Attendee registration records
-- ============================================================================
CREATE TABLE event_registrations (
  registration_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  event_id UUID NOT NULL REFERENCES events(event_id),
  ticket_id UUID REFERENCES event_tickets(ticket_id),
  user_id UUID NOT NULL REFERENCES users(user_id) ON DELETE RESTRICT,

  -- Registration
  registration_date TIMESTAMPTZ DEFAULT NOW(),
  status VARCHAR(20) DEFAULT 'registered',

  -- Payment
  amount_paid DECIMAL(10,2),
  transaction_id UUID REFERENCES transactions(transaction_id),

  -- Ticket: random, not to be guessed
  ticket_code VARCHAR(100) UNIQUE,
  qr_code_url VARCHAR(500),

  -- Check-in
  checked_in BOOLEAN DEFAULT FALSE,
  checked_in_at TIMESTAMPTZ,
  checked_in_by UUID REFERENCES users(user_id) ON DELETE SET NULL,

  -- Cancellation
  cancelled_at TIMESTAMPTZ,
  cancellation_reason TEXT,
  refund_issued BOOLEAN DEFAULT FALSE,

  -- Metadata
  metadata JSONB, -- Custom registration fields

  UNIQUE(event_id, user_id),
  CONSTRAINT valid_status CHECK (status IN
    ('registered', 'waitlisted', 'cancelled', 'attended', 'no_show'))
);

CREATE INDEX idx_registrations_user ON event_registrations(user_id);
CREATE INDEX idx_registrations_status ON event_registrations(event_id, status);
CREATE INDEX idx_registrations_ticket_type ON event_registrations(ticket_id) WHERE ticket_id IS NOT NULL;
CREATE INDEX idx_registrations_transaction ON event_registrations(transaction_id) WHERE transaction_id IS NOT NULL;
CREATE INDEX idx_registrations_checked_in_by ON event_registrations(checked_in_by) WHERE checked_in_by IS NOT NULL;

CREATE FUNCTION count_attendance() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND OLD.checked_in THEN PERFORM count_delta('events', 'attendance_count', OLD.event_id, -1); END IF;
  IF TG_OP <> 'DELETE' AND NEW.checked_in THEN PERFORM count_delta('events', 'attendance_count', NEW.event_id, 1); END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER count_attendance AFTER INSERT OR DELETE OR UPDATE OF checked_in, event_id ON event_registrations
  FOR EACH ROW EXECUTE FUNCTION count_attendance();

INSERT INTO counter_sources VALUES
  ('events', 'attendance_count', 'event_id', 'SELECT event_id, count(*) FROM event_registrations WHERE checked_in GROUP BY 1');

-- ============================================================================
-- Row security (R34)
-- ============================================================================
CREATE FUNCTION actor_organizes(event uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN actor_is_staff()
    OR EXISTS (SELECT FROM events e WHERE e.event_id = event AND e.organizer_id = actor_id())
    OR EXISTS (SELECT FROM event_organizers o WHERE o.event_id = event AND o.user_id = actor_id());
END
$$;
GRANT EXECUTE ON FUNCTION actor_organizes(uuid) TO app_user, app_worker;

GRANT SELECT, INSERT, UPDATE, DELETE ON events, event_organizers, event_tickets TO app_user, app_worker;
GRANT SELECT, INSERT, UPDATE ON event_registrations TO app_user;
GRANT SELECT, INSERT, UPDATE, DELETE ON event_registrations TO app_worker;

ALTER TABLE events ENABLE ROW LEVEL SECURITY;
CREATE POLICY events_read ON events FOR SELECT TO app_user USING (status <> 'draft' OR actor_organizes(event_id));
CREATE POLICY events_add ON events FOR INSERT TO app_user
  WITH CHECK ((SELECT actor_is_staff()) OR (organizer_id = (SELECT actor_id()) AND has_role(organizer_id, 'coach', 'partner')));
CREATE POLICY events_change ON events FOR UPDATE TO app_user USING (actor_organizes(event_id));
CREATE POLICY events_remove ON events FOR DELETE TO app_user USING ((SELECT actor_is_staff()));
CREATE POLICY events_jobs ON events TO app_worker USING (true) WITH CHECK (true);

ALTER TABLE event_organizers ENABLE ROW LEVEL SECURITY;
CREATE POLICY event_organizers_read ON event_organizers FOR SELECT TO app_user USING (true);
CREATE POLICY event_organizers_add ON event_organizers FOR INSERT TO app_user WITH CHECK (actor_organizes(event_id));
CREATE POLICY event_organizers_remove ON event_organizers FOR DELETE TO app_user USING (actor_organizes(event_id));
CREATE POLICY event_organizers_jobs ON event_organizers TO app_worker USING (true) WITH CHECK (true);

ALTER TABLE event_tickets ENABLE ROW LEVEL SECURITY;
CREATE POLICY event_tickets_read ON event_tickets FOR SELECT TO app_user USING (true);
CREATE POLICY event_tickets_add ON event_tickets FOR INSERT TO app_user WITH CHECK (actor_organizes(event_id));
CREATE POLICY event_tickets_change ON event_tickets FOR UPDATE TO app_user USING (actor_organizes(event_id));
CREATE POLICY event_tickets_remove ON event_tickets FOR DELETE TO app_user USING (actor_organizes(event_id));
CREATE POLICY event_tickets_jobs ON event_tickets TO app_worker USING (true) WITH CHECK (true);

ALTER TABLE event_registrations ENABLE ROW LEVEL SECURITY;
CREATE POLICY event_registrations_read ON event_registrations FOR SELECT TO app_user
  USING (user_id = (SELECT actor_id()) OR actor_organizes(event_id));
CREATE POLICY event_registrations_add ON event_registrations FOR INSERT TO app_user
  WITH CHECK (user_id = (SELECT actor_id()) AND status IN ('registered', 'waitlisted') AND NOT checked_in);
-- Checking in is the organisers' to do.
CREATE POLICY event_registrations_change ON event_registrations FOR UPDATE TO app_user
  USING (user_id = (SELECT actor_id()) OR actor_organizes(event_id))
  WITH CHECK ((user_id = (SELECT actor_id()) AND NOT checked_in) OR actor_organizes(event_id));
CREATE POLICY event_registrations_jobs ON event_registrations TO app_worker USING (true) WITH CHECK (true);
