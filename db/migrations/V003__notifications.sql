-- Why: what a person is told, where and when.
-- Locks: none that matter, every object is new.

-- ============================================================================
-- NOTIFICATIONS: by month (R10). They store a type and parameters; names and texts are rendered on read (R28).
-- ============================================================================
CREATE TABLE notifications (
  notification_id UUID NOT NULL DEFAULT uuid_v7(),
  user_id UUID NOT NULL REFERENCES users(user_id) ON DELETE CASCADE,

  -- Content
  notification_type VARCHAR(50) NOT NULL, -- message, comment, mention, enrollment, certificate, session_reminder, etc.
  title VARCHAR(255) NOT NULL,
  message TEXT NOT NULL,
  action_url VARCHAR(500),

  -- Reference (optional)
  reference_type VARCHAR(30),
  reference_id UUID,

  -- Actor (who triggered the notification)
  actor_id UUID REFERENCES users(user_id) ON DELETE SET NULL,

  -- Status
  is_read BOOLEAN DEFAULT FALSE,
  read_at TIMESTAMPTZ,

  -- Delivery
  delivery_method VARCHAR(20) DEFAULT 'in_app', -- in_app, email, sms, push
  delivered BOOLEAN DEFAULT FALSE,
  delivered_at TIMESTAMPTZ,

  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  expires_at TIMESTAMPTZ,

  PRIMARY KEY (notification_id, created_at),
  CONSTRAINT created_at_from_id CHECK (created_at = uuid_v7_time(notification_id))
) PARTITION BY RANGE (created_at);

CREATE INDEX idx_notifications_user ON notifications(user_id, is_read, created_at DESC);
CREATE INDEX idx_notifications_unread ON notifications(user_id, created_at DESC) WHERE is_read = FALSE;
CREATE INDEX idx_notifications_delivery ON notifications(delivery_method, delivered) WHERE delivered = FALSE;
CREATE INDEX idx_notifications_actor ON notifications(actor_id) WHERE actor_id IS NOT NULL;

INSERT INTO partitioned_tables VALUES ('notifications', 'created_at');
SELECT ensure_partitions();

-- At most once per cause, person and channel (R28); unpartitioned, because a unique key cannot span months.
CREATE TABLE notification_deliveries (
  source_event UUID NOT NULL,
  user_id UUID NOT NULL REFERENCES users(user_id) ON DELETE CASCADE,
  channel VARCHAR(20) NOT NULL,
  accepted_at TIMESTAMPTZ, -- NULL until the channel took it
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  PRIMARY KEY (source_event, user_id, channel),
  CONSTRAINT valid_channel CHECK (channel IN ('in_app', 'email', 'sms', 'push'))
);
CREATE INDEX idx_notification_deliveries_user ON notification_deliveries(user_id);

GRANT SELECT, UPDATE, DELETE ON notifications TO app_user;
GRANT SELECT, INSERT, UPDATE, DELETE ON notifications, notification_deliveries TO app_worker;
GRANT SELECT ON notification_deliveries TO app_user;

ALTER TABLE notifications ENABLE ROW LEVEL SECURITY;
CREATE POLICY notifications_read ON notifications FOR SELECT TO app_user USING (user_id = (SELECT actor_id()));
CREATE POLICY notifications_change ON notifications FOR UPDATE TO app_user USING (user_id = (SELECT actor_id()));
CREATE POLICY notifications_remove ON notifications FOR DELETE TO app_user USING (user_id = (SELECT actor_id()));
CREATE POLICY notifications_jobs ON notifications TO app_worker USING (true) WITH CHECK (true);

ALTER TABLE notification_deliveries ENABLE ROW LEVEL SECURITY;
CREATE POLICY notification_deliveries_read ON notification_deliveries FOR SELECT TO app_user
  USING (user_id = (SELECT actor_id()) OR (SELECT actor_is_staff()));
CREATE POLICY notification_deliveries_jobs ON notification_deliveries TO app_worker USING (true) WITH CHECK (true);
