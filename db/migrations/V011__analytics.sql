-- Why: figures for those who run the platform (A1, A2), and a schema for analysts in which no person can be found (R17).
-- Locks: none that matter, every object is new.

-- ============================================================================
-- A1 and A2 as their jobs last computed them: reading them costs one row, not a scan
-- ============================================================================
CREATE TABLE platform_metrics (
  computed_at TIMESTAMPTZ PRIMARY KEY DEFAULT NOW(),
  new_users_30d INT NOT NULL,
  active_users_7d INT NOT NULL,
  revenue_monthly JSONB NOT NULL -- [{amount_minor, currency}]: sums are per currency (R21)
);

CREATE TABLE program_reports (
  program_id UUID PRIMARY KEY REFERENCES programs(program_id) ON DELETE CASCADE,
  computed_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  enrollment_count INT NOT NULL,
  completion_rate NUMERIC(5,4), -- 0..1, NULL without enrolments
  average_rating NUMERIC(3,2), -- from program_reviews (R5, R6)
  revenue JSONB NOT NULL -- [{amount_minor, currency}]
);
CREATE INDEX idx_program_reports_size ON program_reports(enrollment_count DESC, program_id DESC);

GRANT SELECT ON platform_metrics, program_reports TO app_user;
GRANT SELECT, INSERT, UPDATE, DELETE ON platform_metrics, program_reports TO app_worker;
ALTER TABLE platform_metrics ENABLE ROW LEVEL SECURITY;
CREATE POLICY platform_metrics_read ON platform_metrics FOR SELECT TO app_user USING ((SELECT actor_is_staff()));
CREATE POLICY platform_metrics_jobs ON platform_metrics TO app_worker USING (true) WITH CHECK (true);
ALTER TABLE program_reports ENABLE ROW LEVEL SECURITY;
CREATE POLICY program_reports_read ON program_reports FOR SELECT TO app_user USING ((SELECT actor_is_staff()));
CREATE POLICY program_reports_jobs ON program_reports TO app_worker USING (true) WITH CHECK (true);

-- ============================================================================
-- The analysts' schema: pseudonyms keyed outside the database, and aggregates of at least ten people
-- ============================================================================
CREATE SCHEMA analytics;

CREATE TABLE analytics.person_keys (
  user_id UUID PRIMARY KEY REFERENCES users(user_id) ON DELETE CASCADE,
  person_key BYTEA UNIQUE NOT NULL -- HMAC of the id, filled by a job that holds the key
);

CREATE VIEW analytics.signups_by_month AS
SELECT date_trunc('month', u.created_at)::date AS signup_month, p.location ->> 'country' AS country, count(*)::int AS people
FROM users u JOIN user_profiles p USING (user_id)
WHERE u.status <> 'deleted'
GROUP BY 1, 2 HAVING count(*) >= 10;

CREATE VIEW analytics.enrollments_by_month AS
SELECT date_trunc('month', e.enrollment_date)::date AS enrollment_month, e.program_id, count(*)::int AS people,
       count(*) FILTER (WHERE e.status = 'completed')::int AS completed
FROM enrollments e
GROUP BY 1, 2 HAVING count(*) >= 10;

GRANT USAGE ON SCHEMA analytics TO analytics_user, app_worker;
GRANT SELECT ON analytics.signups_by_month, analytics.enrollments_by_month TO analytics_user;
GRANT SELECT, INSERT, DELETE ON analytics.person_keys TO app_worker;
ALTER TABLE analytics.person_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY person_keys_jobs ON analytics.person_keys TO app_worker USING (true) WITH CHECK (true);
