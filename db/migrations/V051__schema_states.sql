-- Why: the schema changes by migrations alone, and any other change is noticed (§11.5). Expands.
-- Locks: none that matter, every object is new.

-- What the schema was when it was last looked at.
CREATE TABLE schema_states (
  state_id UUID PRIMARY KEY DEFAULT uuid_v7(),
  fingerprint BYTEA NOT NULL,
  version INT NOT NULL, -- the newest migration
  noticed_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
);
GRANT SELECT, INSERT ON schema_states TO app_worker;
ALTER TABLE schema_states ENABLE ROW LEVEL SECURITY;
CREATE POLICY schema_states_jobs ON schema_states TO app_worker USING (true) WITH CHECK (true);

-- Everything in our schemas that a statement of DDL changes: columns, constraints, indexes, functions, views, triggers, policies,
-- grants, owners. Not the months of partitioned tables, which come and go. Reads the catalogue: about 50 ms.
CREATE FUNCTION schema_fingerprint() RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH ours AS (
    SELECT c.oid, c.relname, c.relkind, c.relowner, c.relacl, c.relrowsecurity, c.relforcerowsecurity, n.nspname
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('public', 'analytics') AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
      AND NOT (c.relispartition AND c.relname ~ '_\d{4}_\d{2}$')
  ), line AS (
    SELECT concat_ws('|', 'relation', nspname, relname, relkind, relowner::regrole, relacl, relrowsecurity, relforcerowsecurity) AS text FROM ours
    UNION ALL SELECT concat_ws('|', 'column', o.nspname, o.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attacl,
        pg_get_expr(d.adbin, d.adrelid))
      FROM ours o JOIN pg_attribute a ON a.attrelid = o.oid AND a.attnum > 0 AND NOT a.attisdropped
      LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    UNION ALL SELECT concat_ws('|', 'constraint', o.nspname, o.relname, k.conname, pg_get_constraintdef(k.oid))
      FROM ours o JOIN pg_constraint k ON k.conrelid = o.oid
    UNION ALL SELECT concat_ws('|', 'index', o.relname, pg_get_indexdef(i.indexrelid)) FROM ours o JOIN pg_index i ON i.indrelid = o.oid
    UNION ALL SELECT concat_ws('|', 'view', o.relname, pg_get_viewdef(o.oid)) FROM ours o WHERE o.relkind IN ('v', 'm')
    UNION ALL SELECT concat_ws('|', 'trigger', o.relname, pg_get_triggerdef(t.oid), t.tgenabled) FROM ours o
      JOIN pg_trigger t ON t.tgrelid = o.oid AND NOT t.tgisinternal
    UNION ALL SELECT concat_ws('|', 'policy', o.relname, p.polname, p.polcmd, p.polpermissive, p.polroles::regrole[]::text,
        pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
      FROM ours o JOIN pg_policy p ON p.polrelid = o.oid
    UNION ALL SELECT concat_ws('|', 'function', p.oid::regprocedure, p.prosrc, p.prosecdef, p.proconfig, p.proacl, p.proowner::regrole, p.provolatile)
      FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
      WHERE n.nspname IN ('public', 'analytics')
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
  )
  SELECT sha256(convert_to(string_agg(text, E'\n' ORDER BY text COLLATE "C"), 'UTF8')) FROM line
$$;
GRANT EXECUTE ON FUNCTION schema_fingerprint() TO app_worker;
