import assert from 'node:assert/strict'
import { test } from 'node:test'
import type pg from 'pg'
import { createTestDatabase } from '../src/testing/database.ts'
import { forEachServer } from '../src/testing/servers.ts'

test('every foreign key has an index that begins with its column (R31)', async () => {
  await expectNone(`
    SELECT format('%s (%s)', k.conrelid::regclass, a.attname) AS name
    FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
    WHERE k.contype = 'f' AND k.connamespace IN ('public'::regnamespace, 'analytics'::regnamespace)
      AND NOT EXISTS (
        SELECT FROM pg_index i
        WHERE i.indrelid = k.conrelid AND i.indisvalid AND i.indkey[0] = k.conkey[1]
          AND (i.indpred IS NULL OR pg_get_expr(i.indpred, i.indrelid) = format('(%I IS NOT NULL)', a.attname)))`)
})

test('every table with updated_at moves it by the one trigger function (R24)', async () => {
  await expectNone(`
    SELECT c.oid::regclass::text AS name FROM pg_class c
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
      AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'updated_at')
      AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgfoid = 'touch_updated_at()'::regprocedure)`)
})

test('no generated key is anything but uuid_v7 (R25)', async () => {
  await expectNone(`
    SELECT format('%s.%s', a.attrelid::regclass, a.attname) AS name
    FROM pg_attrdef f JOIN pg_attribute a ON a.attrelid = f.adrelid AND a.attnum = f.adnum
    JOIN pg_class c ON c.oid = a.attrelid AND c.relnamespace IN ('public'::regnamespace, 'analytics'::regnamespace)
    WHERE a.atttypid = 'uuid'::regtype AND pg_get_expr(f.adbin, f.adrelid) <> 'uuid_v7()'`)
})

test('every counter that is folded is left out of updated_at', async () => {
  await expectNone(`
    SELECT s.table_name || '.' || s.counter AS name FROM counter_sources s
    WHERE EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = s.table_name::regclass AND a.attname = 'updated_at')
      AND NOT EXISTS (
        SELECT FROM pg_trigger t WHERE t.tgrelid = s.table_name::regclass AND t.tgfoid = 'touch_updated_at()'::regprocedure
          AND s.counter = ANY (string_to_array(encode(t.tgargs, 'escape'), '\\000')))`)
})

/** The statement's rows are the faults. */
async function expectNone(statement: string): Promise<void> {
  await forEachServer(async (server) => {
    const database = await createTestDatabase(server)
    const { rows } = await database.owner.query<{ name: string }>(statement).finally(() => database.close())
    assert.deepEqual(names(rows), [], `on PostgreSQL ${server.version}`)
  })
}

function names(rows: pg.QueryResult<{ name: string }>['rows']): string[] {
  return rows.map((row) => row.name).sort()
}
