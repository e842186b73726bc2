import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createTestDatabase } from '../../testing/database.ts'
import { noteSchema } from './schema-watch.ts'

const database = await createTestDatabase()
after(() => database.close())
const { owner, workerDb } = database

const look = () => workerDb.transaction(null, noteSchema)
const noted = async (action: string) => {
  const { rows } = await owner.query(
    `SELECT metadata ->> 'version' AS version, severity FROM audit_logs WHERE action = $1 ORDER BY log_id`,
    [action],
  )
  return rows
}

/** As `migrate` leaves it. */
const migrated = (version: number) =>
  owner.query('INSERT INTO schema_migrations (version, name, checksum, duration_ms) VALUES ($1, $2, $3, 1)', [
    version,
    `V${version}__test.sql`,
    'a1b2',
  ])

test('every migration is in the audit, once, also when some look at the same time', async () => {
  await Promise.all([look(), look(), look()])
  assert.equal((await noted('platform.schema_found')).length, 1)
  await owner.query('CREATE TABLE grown (id INT)')
  await migrated(901)
  await migrated(902)
  await Promise.all([look(), look(), look()])
  assert.deepEqual(
    (await noted('platform.schema_migrated')).map(({ version }) => version),
    ['901', '902'],
  )
  assert.deepEqual(await noted('platform.schema_changed_apart'), [])
})

test('what changes the schema past the migrations is noticed, new months are not', async () => {
  await look()
  await owner.query('SELECT ensure_partitions(ahead => 8)')
  await look()
  assert.equal((await noted('platform.schema_changed_apart')).length, 0)
  const changes = [
    'ALTER TABLE posts ADD COLUMN sneaky INT',
    'DROP POLICY audit_seals_read ON audit_seals',
    'GRANT UPDATE ON audit_logs TO app_user',
    'CREATE OR REPLACE FUNCTION actor_id() RETURNS uuid LANGUAGE sql STABLE AS $$ SELECT NULL::uuid $$',
    'DROP INDEX idx_audit_seals_unstored',
    'ALTER TABLE users DISABLE ROW LEVEL SECURITY',
  ]
  for (const [index, change] of changes.entries()) {
    await owner.query(change)
    await look()
    await look()
    assert.equal((await noted('platform.schema_changed_apart')).length, index + 1, change)
  }
  assert.equal((await noted('platform.schema_changed_apart'))[0].severity, 'critical')
})
