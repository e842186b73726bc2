-- Why: the roles of R18. Run by the owner before every migration, so everything here may be repeated, in many databases
-- of one cluster at once. The owner needs CREATEROLE only while a role is missing. Passwords come from the configured URLs.

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['app_user', 'app_worker', 'analytics_user', 'admin_user'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
      EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION', name);
    END IF;
  END LOOP;
END
$$;

-- Row security is only as good as the roles that it binds: none may rise above it.
DO $$
DECLARE
  name text;
BEGIN
  FOR name IN
    SELECT rolname FROM pg_roles
    WHERE rolname IN ('app_user', 'app_worker', 'analytics_user', 'admin_user')
      AND (rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication
        OR (NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AND pg_has_role(rolname, current_user, 'MEMBER')))
  LOOP
    RAISE EXCEPTION 'role % may do too much: it must have no SUPERUSER, BYPASSRLS, CREATEDB, CREATEROLE, REPLICATION and not be a member of %', name, current_user;
  END LOOP;
END
$$;

-- Settings of each role in this database alone, for connections that come through a pooler. Left as they are when they
-- already hold; an owner who may not change a role goes on without them, since direct connections send their own.
DO $$
DECLARE
  wanted record;
BEGIN
  FOR wanted IN
    SELECT w.role, w.setting, w.value
    FROM (VALUES
      ('app_user', 'timezone', 'UTC'),
      ('app_user', 'statement_timeout', '15s'),
      ('app_user', 'lock_timeout', '5s'),
      ('app_user', 'idle_in_transaction_session_timeout', '15s'),
      ('app_user', 'jit', 'off'),
      ('app_worker', 'timezone', 'UTC'),
      ('app_worker', 'statement_timeout', '10min'),
      ('app_worker', 'lock_timeout', '10s'),
      ('app_worker', 'idle_in_transaction_session_timeout', '1min'),
      ('analytics_user', 'timezone', 'UTC'),
      ('analytics_user', 'statement_timeout', '5min'),
      ('analytics_user', 'lock_timeout', '5s'),
      ('analytics_user', 'default_transaction_read_only', 'on'),
      ('analytics_user', 'search_path', 'analytics'),
      ('admin_user', 'timezone', 'UTC'),
      ('admin_user', 'statement_timeout', '1min'),
      ('admin_user', 'lock_timeout', '5s'),
      ('admin_user', 'idle_in_transaction_session_timeout', '1min')
    ) AS w(role, setting, value)
    WHERE NOT EXISTS (
      SELECT FROM pg_db_role_setting s
      WHERE s.setrole = w.role::regrole
        AND s.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND lower(s.setconfig::text)::text[] @> ARRAY[lower(w.setting || '=' || w.value)])
  LOOP
    BEGIN
      EXECUTE format('ALTER ROLE %I IN DATABASE %I SET %I = %L', wanted.role, current_database(), wanted.setting, wanted.value);
    EXCEPTION WHEN insufficient_privilege THEN
      RAISE NOTICE 'role % keeps its own % (the owner may not alter it)', wanted.role, wanted.setting;
    END;
  END LOOP;
END
$$;
