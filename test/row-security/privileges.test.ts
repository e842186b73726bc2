import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import { createTestDatabase, type TestDatabase } from '../../src/testing/database.ts'
import { servers } from '../../src/testing/servers.ts'

const APP_ROLES = `('app_user', 'app_worker', 'analytics_user', 'admin_user')`
const OURS = `('public'::regnamespace, 'analytics'::regnamespace)`

for (const server of await servers())
  describe(`the app's roles on PostgreSQL ${server.version}`, () => {
    let database: TestDatabase
    let clients: Record<'app_user' | 'app_worker', pg.Client>
    before(async () => {
      database = await createTestDatabase(server)
      clients = {
        app_user: new pg.Client({ connectionString: database.appUrl }),
        app_worker: new pg.Client({ connectionString: database.workerUrl }),
      }
      for (const client of Object.values(clients)) await client.connect()
    })
    after(async () => {
      for (const client of Object.values(clients)) await client.end()
      await database.close()
    })

    test('own nothing', () =>
      expectNone(`SELECT c.oid::regclass::text AS name FROM pg_class c WHERE c.relowner::regrole::text IN ${APP_ROLES}
        UNION ALL SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.proowner::regrole::text IN ${APP_ROLES}
        UNION ALL SELECT n.nspname FROM pg_namespace n WHERE n.nspowner::regrole::text IN ${APP_ROLES}
        UNION ALL SELECT d.datname FROM pg_database d WHERE d.datdba::regrole::text IN ${APP_ROLES}`))

    test('rise above nothing and belong to nobody', () =>
      expectNone(`SELECT rolname AS name FROM pg_roles WHERE rolname IN ${APP_ROLES}
          AND (rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication)
        UNION ALL SELECT m.member::regrole::text FROM pg_auth_members m WHERE m.member::regrole::text IN ${APP_ROLES}`))

    test('may not truncate, refer to or hang triggers on any table', () =>
      expectNone(`SELECT format('%s %s %s', r.rolname, p.name, c.oid::regclass) AS name
        FROM pg_class c, pg_roles r, (VALUES ('TRUNCATE'), ('REFERENCES'), ('TRIGGER')) p(name)
        WHERE r.rolname IN ${APP_ROLES} AND c.relnamespace IN ${OURS} AND c.relkind IN ('r', 'p', 'v')
          AND has_table_privilege(r.oid, c.oid, p.name)`))

    for (const statement of [
      'CREATE TABLE mine ()',
      'CREATE TEMP TABLE mine ()',
      'CREATE SCHEMA mine',
      'CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
      'ALTER TABLE users ADD COLUMN mine int',
      'ALTER TABLE users DISABLE ROW LEVEL SECURITY',
      'DROP TABLE reactions',
      'CREATE INDEX ON users (email)',
      'TRUNCATE counter_deltas',
      'DELETE FROM counter_sources',
      'INSERT INTO schema_migrations (version, name, checksum, duration_ms) VALUES (999, $$x$$, $$x$$, 0)',
    ])
      test(`are refused ${statement}`, async () => {
        for (const client of Object.values(clients)) await assert.rejects(client.query(statement), refused)
      })

    test('cannot change or remove what the audit has written, in any month that is or will be', async () => {
      await clients.app_worker.query('SELECT ensure_partitions(current_date, 20)')
      await expectNone(`SELECT format('%s may %s %s', r.rolname, p.name, t.relid) AS name
        FROM pg_partition_tree('audit_logs') t, pg_roles r, (VALUES ('UPDATE'), ('DELETE'), ('TRUNCATE')) p(name)
        WHERE r.rolname IN ${APP_ROLES} AND (has_table_privilege(r.oid, t.relid, p.name)
          OR (p.name = 'UPDATE' AND has_any_column_privilege(r.oid, t.relid, p.name)))`)
    })

    test('reach partitions only through their parent', () =>
      expectNone(`SELECT c.oid::regclass::text AS name FROM pg_class c
        WHERE c.relispartition AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
          AND (NOT c.relrowsecurity OR EXISTS (
            SELECT FROM pg_roles r WHERE r.rolname IN ${APP_ROLES} AND has_table_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE, DELETE')))`))

    test('reach the queue only as the worker', async () => {
      await assert.rejects(clients.app_user.query('SELECT FROM graphile_worker.jobs'), refused)
      await assert.rejects(clients.app_user.query(`SELECT graphile_worker.add_job('x')`), refused)
      await clients.app_worker.query('SELECT FROM graphile_worker.jobs')
      await clients.app_user.query(`SELECT enqueue('test.do_nothing.v1', '{}')`)
      const { rows } = await database.owner.query('SELECT task_identifier FROM graphile_worker.jobs')
      assert.deepEqual(rows, [{ task_identifier: 'test.do_nothing.v1' }])
    })

    test('analysts see the aggregates of schema analytics and nothing else', () =>
      expectNone(`SELECT c.oid::regclass::text AS name FROM pg_class c
        WHERE c.relnamespace IN ${OURS} AND c.relkind IN ('r', 'p', 'v', 'm')
          AND has_table_privilege('analytics_user', c.oid, 'SELECT') <> (c.relkind = 'v' AND c.relnamespace = 'analytics'::regnamespace)`))

    test('every function that runs with its owner’s rights fixes its search_path, and none is PUBLIC’s', () =>
      expectNone(`SELECT p.oid::regprocedure::text AS name FROM pg_proc p
        WHERE p.pronamespace IN ${OURS} AND NOT EXISTS (
          SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
          AND ((p.prosecdef AND NOT coalesce(p.proconfig, '{}') && ARRAY['search_path=public, pg_temp'])
            OR EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a WHERE a.grantee = 0))`))

    test('a past transaction’s actor is nobody, and nothing throws', async () => {
      const { app_user } = clients
      await app_user.query('BEGIN')
      await app_user.query(`SELECT set_config('app.current_user_id', uuid_v7()::text, true)`)
      await app_user.query('COMMIT')
      const { rows } = await app_user.query(
        `SELECT current_setting('app.current_user_id') AS setting, actor_id() AS actor, (SELECT count(*)::int FROM users) AS users`,
      )
      assert.deepEqual(rows, [{ setting: '', actor: null, users: 0 }])
    })

    async function expectNone(statement: string): Promise<void> {
      const { rows } = await database.owner.query<{ name: string }>(statement)
      assert.deepEqual(
        rows.map((row) => row.name),
        [],
      )
    }
  })

function refused(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '42501'
}
