import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Client, signedIn, startApp, type TestApp } from '../src/testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../src/testing/database.ts'
import { insert, makeCoachApplication, makeUser, type TestUser } from '../src/testing/factories.ts'
import { addressOf, type Operation, operationsOf } from './bad-input/operations.ts'

/** Reads of staff that say nothing of any one person, and why. */
const NOBODYS: Readonly<Record<string, string>> = {
  'GET /api/v1/admin/audit-integrity': 'counts of rows and seals',
  'GET /api/v1/admin/breaches': 'what happened to data; whom it concerns is read apart',
  'GET /api/v1/admin/breaches/{breach_id}': 'the same',
  'GET /api/v1/admin/faqs': 'written for everybody',
  'GET /api/v1/admin/metrics': 'figures',
  'GET /api/v1/admin/metrics/daily': 'figures',
  'GET /api/v1/admin/notifications/broadcasts': 'what was told to many, and how many there were',
  'GET /api/v1/admin/notifications/broadcasts/{broadcast_id}': 'the same',
  'GET /api/v1/admin/notifications/broadcasts/{broadcast_id}/reach': 'figures',
  'GET /api/v1/admin/notifications/templates': 'words, with values that are made up',
  'GET /api/v1/admin/notifications/templates/{fact}': 'the same',
  'GET /api/v1/admin/programs/report': 'figures of programs',
  'GET /api/v1/admin/settings': 'how the platform is set',
}

/** What is written when somebody of staff reads of others (§11.5's pii_accessed): of people, of the audit, or all of it. */
const TRACES = [
  'identity.personal_data_read',
  'identity.audit_searched',
  'identity.audit_exported',
  'identity.phone_read',
]

describe('what staff read of others', () => {
  let database: TestDatabase
  let app: TestApp
  let root: TestUser
  let client: Client
  let reads: Operation[]
  const ids: Record<string, string> = {}

  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    root = await makeUser(database.owner, {}, 'super_admin')
    const member = await makeUser(database.owner)
    await signedIn(app, member)
    client = await signedIn(app, root)
    const application = await makeCoachApplication(database.owner, member.id)
    const request = await insert(database.owner, 'privacy_requests', { user_id: member.id, kind: 'access' })
    const facts = { title: 'A lost laptop', severity: 'low', facts: 'It was lost.', recorded_by: root.id }
    const breach = await insert(database.owner, 'data_breaches', facts)
    await insert(database.owner, 'breach_people', { breach_id: breach.breach_id, user_id: member.id })
    await client.get(`/api/v1/admin/people/${member.id}`)
    const { rows } = await database.owner.query(
      `INSERT INTO audit_logs (log_id, timestamp, retention_class, action, user_id)
       SELECT id, uuid_v7_time(id), 'security', 'test.made', $1 FROM (SELECT uuid_v7() AS id) new RETURNING log_id`,
      [member.id],
    )
    Object.assign(ids, {
      user_id: member.id,
      application_id: application.application_id,
      request_id: request.request_id,
      log_id: rows[0].log_id,
      breach_id: breach.breach_id,
    })
    const said = { title: 'Closed', message: 'On Sunday' }
    const texts = JSON.stringify({ en: said, sw: said, fr: said })
    const broadcast = await insert(database.owner, 'broadcasts', { type: 'account', texts })
    ids.fact = 'community.comment_created'
    ids.broadcast_id = String(broadcast.broadcast_id)
    await database.owner.query(
      `INSERT INTO notification_deliveries (source_event, user_id, channel, kind, status, last_error)
       VALUES (uuid_v7(), $1, 'email', 'test.happened', 'dead', 'timeout')`,
      [member.id],
    )
    const staffOnly = new Set(
      app.server.rules
        .filter(({ access }) => access === 'permission')
        .map(({ method, path }) => `${method} ${path}`),
    )
    const named = (path: string) => path.replace(/\{(\w+)\}/g, ':$1')
    reads = operationsOf(app.server).filter(
      ({ method, path }) => method === 'get' && staffOnly.has(`GET ${named(path)}`),
    )
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const traces = async () => {
    const { rows } = await database.owner.query<{ n: string }>(
      'SELECT count(*) AS n FROM audit_logs WHERE user_id = $1 AND action = ANY ($2)',
      [root.id, TRACES],
    )
    return Number(rows[0]?.n)
  }

  test('leaves a trace at every route that a permission opens, or says why it need not', async () => {
    assert.ok(reads.length >= 10)
    const silent: string[] = []
    for (const read of reads) {
      const before = await traces()
      const { status, text } = await client.get(addressOf(read, ids))
      assert.equal(status, 200, `${read.name}: ${text.slice(0, 200)}`)
      if ((await traces()) === before) silent.push(read.name)
    }
    assert.deepEqual(silent.sort(), Object.keys(NOBODYS).sort())
  })

  test('names whose it was and which columns, and holds none of their values', async () => {
    const { rows } = await database.owner.query<{ entity_id: string; changes: string; whole: string }>(
      `SELECT entity_id, changes, a::text AS whole FROM audit_logs a
       WHERE action = 'identity.personal_data_read' AND user_id = $1 AND entity_id = $2`,
      [root.id, ids.user_id],
    )
    assert.ok(rows.length > 0)
    for (const { changes, whole } of rows) {
      assert.match(changes, /^\["\w+\.\w+"/)
      assert.doesNotMatch(whole, /@example\.com|Amina Wanjiru/)
    }
  })
})
