import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { STEPS } from '../src/domains/privacy/plan.ts'
import { asSelf } from '../src/platform/actor.ts'
import { audit, forgetOriginKey, watchOriginKeys } from '../src/platform/audit/index.ts'
import { within } from '../src/platform/origin.ts'
import { startApp } from '../src/testing/client.ts'
import { createTestDatabase } from '../src/testing/database.ts'

const database = await createTestDatabase()
const app = await startApp(database)
after(async () => {
  await app.close()
  await database.close()
})

const person = asSelf('0198f0a0-0000-7000-8000-0000000000cc')
const origin = { id: '0198f0a0-0000-7000-8000-0000000000dd', ip: '203.0.113.9', userAgent: undefined }
const entry = {
  actor: person,
  action: 'test.seen',
  entityType: 'thing',
  entityId: null,
  retentionClass: 'general',
} as const
const write = () => app.services.db.transaction(person, (tx) => within(origin, () => audit(tx, entry)))
const keys = async () => {
  const { rows } = await database.owner.query('SELECT key_cipher FROM audit_keys WHERE user_id = $1', [
    person.userId,
  ])
  return rows.length
}

test('a key that was destroyed is forgotten by every process, and what comes later has another', async () => {
  const leave = await watchOriginKeys(app.services)
  await write()
  await write() // now the process holds the key
  await database.owner.query('DELETE FROM audit_keys WHERE user_id = $1', [person.userId])
  await write()
  assert.equal(await keys(), 0, 'a key that is held is not asked for')
  await forgetOriginKey(app.services, person.userId)
  await write()
  assert.equal(await keys(), 1)
  await leave()
})

test('an erasure destroys it', () => {
  assert.ok(
    STEPS.some(
      ({ table, column, decision }) => `${table}.${column} ${decision}` === 'audit_keys.user_id delete',
    ),
  )
})
