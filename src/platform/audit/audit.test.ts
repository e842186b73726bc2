import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import { createTestDatabase } from '../../testing/database.ts'
import { asSelf } from '../actor.ts'
import { audit } from './index.ts'

const database = await createTestDatabase()
after(() => database.close())
const { db, workerDb, owner } = database

const actor = asSelf('0198f0a0-0000-7000-8000-000000000001')
const other = { ...actor, userId: '0198f0a0-0000-7000-8000-000000000002' }
const entry = {
  action: 'test.thing_changed',
  entityType: 'thing',
  entityId: other.userId,
  retentionClass: 'general',
} as const

test('an entry lands in the partition of its class and month, with the time of its id', async () => {
  await db.transaction(actor, (tx) =>
    audit(tx, {
      ...entry,
      actor,
      retentionClass: 'security',
      changes: ['email', 'phone'],
      metadata: { count: 2 },
      request: { id: other.userId, ip: '203.0.113.9', userAgent: 'x'.repeat(2000) },
      severity: 'warning',
    }),
  )
  const { rows } = await owner.query(
    `SELECT a.*, a.tableoid::regclass::text AS partition, length(user_agent) AS agent, uuid_v7_time(log_id) = timestamp AS same FROM audit_logs a`,
  )
  assert.equal(rows.length, 1)
  assert.match(rows[0].partition, /^audit_logs_security_\d{4}_\d{2}$/)
  assert.deepEqual(
    [rows[0].user_id, rows[0].changes, rows[0].severity, rows[0].agent, rows[0].same],
    [actor.userId, '["email", "phone"]', 'warning', '500', 't'],
  )
})

test('it goes with its transaction, and jobs may write it for nobody', async () => {
  const failed = db.transaction(actor, async (tx) => {
    await audit(tx, { ...entry, actor })
    throw new Error('undone')
  })
  await assert.rejects(failed, /undone/)
  await workerDb.transaction(null, (tx) => audit(tx, { ...entry, actor: null, action: 'test.thing_swept' }))
  const { rows } = await owner.query(
    "SELECT action, user_id FROM audit_logs WHERE retention_class = 'general'",
  )
  assert.deepEqual(rows, [{ action: 'test.thing_swept', user_id: null }])
})

test("nobody can write in another's name, nor change what is written", async () => {
  await assert.rejects(
    db.transaction(actor, (tx) => audit(tx, { ...entry, actor: other })),
    /row-level security/,
  )
  await assert.rejects(
    db.transaction(null, (tx) => audit(tx, { ...entry, actor })),
    /row-level security/,
  )
  for (const verb of [
    "UPDATE audit_logs SET action = 'x'",
    'DELETE FROM audit_logs',
    'TRUNCATE audit_logs',
  ]) {
    await assert.rejects(sql.raw(verb).execute(db.anonymous), /permission denied/, verb)
  }
})
