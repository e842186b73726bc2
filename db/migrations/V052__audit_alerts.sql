-- Why: what should be looked at tells those who look after the platform, once a fact (§11.5). Expands.
-- Locks: none that matter, every object is new.

CREATE TABLE audit_alerts (
  alert_key BYTEA PRIMARY KEY, -- SHA-256 of the kind and the fact: no fact is told twice, whoever finds it again
  kind VARCHAR(30) NOT NULL,
  log_id UUID, -- the audit row that shows it
  raised_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  CONSTRAINT known_kind CHECK (kind IN ('failed_sign_ins', 'bulk_export', 'money_volume', 'role_change', 'schema_change'))
);
CREATE INDEX idx_audit_alerts_raised ON audit_alerts (raised_at);
ALTER TABLE audit_alerts ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON audit_alerts TO app_user;
GRANT SELECT, INSERT, DELETE ON audit_alerts TO app_worker;
CREATE POLICY audit_alerts_read ON audit_alerts FOR SELECT TO app_user USING ((SELECT actor_is_staff()));
CREATE POLICY audit_alerts_jobs ON audit_alerts TO app_worker USING (true) WITH CHECK (true);
