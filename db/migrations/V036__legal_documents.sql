-- Why: whoever registers agrees to the terms and the privacy notice as they are then, and the database keeps which (R9). The
-- texts are the web application's; which version is in force from when stands here, and a new one comes by a migration,
-- with the text. Expands.
-- Locks: none that matter, the table is new.
CREATE TABLE legal_documents (
  document VARCHAR(50) NOT NULL,
  version VARCHAR(20) NOT NULL,
  effective_from TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (document, version),
  CONSTRAINT valid_document CHECK (document IN ('terms', 'privacy')),
  CONSTRAINT one_version_at_a_time UNIQUE (document, effective_from)
);

INSERT INTO legal_documents VALUES
  ('terms', '1', '2025-01-01T00:00:00Z'),
  ('privacy', '1', '2025-01-01T00:00:00Z');

GRANT SELECT ON legal_documents TO app_user, app_worker;
ALTER TABLE legal_documents ENABLE ROW LEVEL SECURITY;
CREATE POLICY legal_documents_read ON legal_documents FOR SELECT TO app_user USING (true);
CREATE POLICY legal_documents_jobs ON legal_documents FOR SELECT TO app_worker USING (true);
