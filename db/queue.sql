-- Why: graphile-worker's schema is the owner's; jobs run as app_worker (R18), the app only adds them through enqueue().
-- Run after each update of that schema, whose new tables have row security without a policy and no grants.

GRANT USAGE ON SCHEMA graphile_worker TO app_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA graphile_worker TO app_worker;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA graphile_worker TO app_worker;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA graphile_worker TO app_worker;

DO $$
DECLARE
  item regclass;
BEGIN
  FOR item IN
    SELECT c.oid FROM pg_class c
    WHERE c.relnamespace = 'graphile_worker'::regnamespace AND c.relrowsecurity
      AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'app_worker')
  LOOP
    EXECUTE format('CREATE POLICY app_worker ON %s TO app_worker USING (true) WITH CHECK (true)', item);
  END LOOP;
END
$$;
