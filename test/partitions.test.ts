import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import { createTestDatabase, type TestDatabase } from '../src/testing/database.ts'
import { servers } from '../src/testing/servers.ts'

const PARENTS = ['audit_logs_financial', 'audit_logs_general', 'audit_logs_security', 'notifications']

for (const server of await servers())
  describe(`monthly partitions on PostgreSQL ${server.version}`, () => {
    let database: TestDatabase
    before(async () => {
      database = await createTestDatabase(server)
    })
    after(() => database.close())

    test('reach six months ahead, and asking again makes nothing', async () => {
      const { rows } = await database.owner.query(
        'SELECT parent, months::text FROM partition_months_ahead() ORDER BY 1',
      )
      assert.deepEqual(
        rows,
        PARENTS.map((parent) => ({ parent, months: '6' })),
      )
      assert.deepEqual(await ensure(), [])
    })

    test('are made once when eight ask at the same moment', async () => {
      const made = (await Promise.all(Array.from({ length: 8 }, () => ensure(9)))).flat()
      assert.equal(made.length, 3 * PARENTS.length)
      assert.equal(new Set(made).size, made.length)
    })

    test('may be made for months past, when old rows are loaded', async () => {
      const { rows } = await database.owner.query<{ name: string }>(
        `SELECT ensure_partitions((current_date - interval '2 months')::date) AS name`,
      )
      assert.equal(rows.length, 2 * PARENTS.length)
    })

    test('have the indexes, policies and limits of their parent', async () => {
      const { rows } = await database.owner.query<{ name: string }>(`
        SELECT t.relid::text AS name FROM pg_partition_tree('audit_logs') t JOIN pg_class c ON c.oid = t.relid
        WHERE t.isleaf AND (NOT c.relrowsecurity OR (SELECT count(*) FROM pg_index i WHERE i.indrelid = t.relid AND i.indisvalid)
          <> (SELECT count(*) FROM pg_index i WHERE i.indrelid = 'audit_logs'::regclass AND i.indisvalid))`)
      assert.deepEqual(rows, [])
    })

    test('take a row into the month of its id, whatever else it says', async () => {
      const id = await insertAudit(`uuid_v7()`)
      const { rows } = await database.owner.query<{ name: string }>(
        `SELECT tableoid::regclass::text AS name FROM audit_logs WHERE log_id = $1`,
        [id],
      )
      assert.match(rows[0]?.name ?? '', /^audit_logs_general_\d{4}_\d{2}$/)
      await assert.rejects(
        database.owner.query(
          `INSERT INTO audit_logs (log_id, timestamp, action) VALUES (uuid_v7(), now() + interval '40 days', 'x')`,
        ),
        /timestamp_from_id/,
      )
    })

    test('refuse a month that nobody made, for there is no DEFAULT to hide it', async () => {
      const { rows } = await database.owner.query(
        `SELECT FROM pg_class WHERE relispartition AND pg_get_expr(relpartbound, oid) = 'DEFAULT'`,
      )
      assert.equal(rows.length, 0)
      await assert.rejects(insertAudit(`'01000000-0000-7000-8000-000000000000'`), /no partition/)
    })

    test('are pruned to one when a row is looked up by its id', async () => {
      const id = await insertAudit('uuid_v7()')
      const { rows } = await database.owner.query<Record<'QUERY PLAN', string>>(
        `EXPLAIN SELECT FROM audit_logs WHERE log_id = '${id}' AND timestamp = uuid_v7_time('${id}') AND retention_class = 'general'`,
      )
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
      assert.equal(plan.match(/ on audit_logs_/g)?.length, 1, plan)
      const { rows: notified } = await database.owner.query<Record<'QUERY PLAN', string>>(
        `EXPLAIN SELECT FROM notifications WHERE notification_id = '${id}' AND created_at = uuid_v7_time('${id}')`,
      )
      assert.equal(
        notified
          .map((row) => row['QUERY PLAN'])
          .join('\n')
          .match(/ on notifications_/g)?.length,
        1,
      )
    })

    test('are made by the worker and refused to the app', async () => {
      const app = new pg.Client({ connectionString: database.appUrl })
      await app.connect()
      await assert.rejects(app.query('SELECT ensure_partitions()'), /permission denied/)
      await app.end()
    })

    async function ensure(ahead?: number): Promise<string[]> {
      const worker = new pg.Client({ connectionString: database.workerUrl })
      await worker.connect()
      const { rows } = await worker.query<{ name: string }>('SELECT ensure_partitions(ahead => $1) AS name', [
        ahead ?? 6,
      ])
      await worker.end()
      return rows.map(({ name }) => name)
    }

    async function insertAudit(id: string): Promise<string> {
      const { rows } = await database.owner.query<{ log_id: string }>(
        `INSERT INTO audit_logs (log_id, timestamp, action) SELECT id, uuid_v7_time(id), 'test.row_written'
         FROM (SELECT (${id})::uuid AS id OFFSET 0) made RETURNING log_id`,
      )
      return rows[0]!.log_id
    }
  })
