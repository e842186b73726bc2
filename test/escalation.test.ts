import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Client, clientOf, signedIn, startApp, type TestApp } from '../src/testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../src/testing/database.ts'
import { insert, makeUser } from '../src/testing/factories.ts'
import { addressOf, goodValue, type Operation, operationsOf } from './bad-input/operations.ts'

/** Who may call what under /admin, told once more and apart from the table that decides it. */
const STAFF = ['admin', 'super_admin']
const SUPER = ['super_admin']
const MAY: Readonly<Record<string, readonly string[]>> = {
  'GET /api/v1/admin/audit': STAFF,
  'GET /api/v1/admin/audit-export': SUPER,
  'GET /api/v1/admin/audit-integrity': STAFF,
  'GET /api/v1/admin/audit/{log_id}': STAFF,
  'GET /api/v1/admin/metrics': STAFF,
  'GET /api/v1/admin/metrics/daily': STAFF,
  'GET /api/v1/admin/programs/report': STAFF,
  'GET /api/v1/admin/people': STAFF,
  'GET /api/v1/admin/people/{user_id}': STAFF,
  'GET /api/v1/admin/people/{user_id}/roles': STAFF,
  'POST /api/v1/admin/people/{user_id}/roles': STAFF,
  'GET /api/v1/admin/people/{user_id}/sessions': STAFF,
  'DELETE /api/v1/admin/people/{user_id}/sessions': STAFF,
  'DELETE /api/v1/admin/people/{user_id}/sessions/{session_id}': STAFF,
  'POST /api/v1/admin/people/{user_id}/suspension': STAFF,
  'POST /api/v1/admin/people/{user_id}/restoration': STAFF,
  'DELETE /api/v1/admin/people/{user_id}/lock': STAFF,
  'POST /api/v1/admin/people/{user_id}/impersonation': SUPER,
  'PATCH /api/v1/admin/roles/{user_role_id}': STAFF,
  'POST /api/v1/admin/roles/{user_role_id}/revocation': STAFF,
  'GET /api/v1/admin/coach-applications': STAFF,
  'GET /api/v1/admin/coach-applications/{application_id}': STAFF,
  'POST /api/v1/admin/coach-applications/{application_id}/decision': STAFF,
  'GET /api/v1/admin/notifications/broadcasts': STAFF,
  'POST /api/v1/admin/notifications/broadcasts': STAFF,
  'GET /api/v1/admin/notifications/broadcasts/{broadcast_id}': STAFF,
  'PUT /api/v1/admin/notifications/broadcasts/{broadcast_id}': STAFF,
  'DELETE /api/v1/admin/notifications/broadcasts/{broadcast_id}': STAFF,
  'GET /api/v1/admin/notifications/broadcasts/{broadcast_id}/reach': STAFF,
  'PUT /api/v1/admin/notifications/broadcasts/{broadcast_id}/sending': STAFF,
  'DELETE /api/v1/admin/notifications/broadcasts/{broadcast_id}/sending': STAFF,
  'GET /api/v1/admin/notifications/deliveries': STAFF,
  'GET /api/v1/admin/notifications/dead-letters': STAFF,
  'POST /api/v1/admin/notifications/dead-letters/retries': STAFF,
  'GET /api/v1/admin/notifications/templates': STAFF,
  'GET /api/v1/admin/notifications/templates/{fact}': STAFF,
  'GET /api/v1/admin/breaches': STAFF,
  'POST /api/v1/admin/breaches': STAFF,
  'GET /api/v1/admin/breaches/{breach_id}': STAFF,
  'PATCH /api/v1/admin/breaches/{breach_id}': STAFF,
  'GET /api/v1/admin/breaches/{breach_id}/people': STAFF,
  'POST /api/v1/admin/breaches/{breach_id}/people': STAFF,
  'POST /api/v1/admin/breaches/{breach_id}/authority-notice': STAFF,
  'POST /api/v1/admin/breaches/{breach_id}/people-notice': STAFF,
  'GET /api/v1/admin/privacy-requests': STAFF,
  'GET /api/v1/admin/privacy-requests/{request_id}': STAFF,
  'PUT /api/v1/admin/privacy-requests/{request_id}/assignment': STAFF,
  'POST /api/v1/admin/privacy-requests/{request_id}/extension': STAFF,
  'POST /api/v1/admin/privacy-requests/{request_id}/answer': STAFF,
  'GET /api/v1/admin/faqs': STAFF,
  'POST /api/v1/admin/faqs': STAFF,
  'PATCH /api/v1/admin/faqs/{faq_id}': STAFF,
  'DELETE /api/v1/admin/faqs/{faq_id}': STAFF,
  'PUT /api/v1/admin/faqs/order': STAFF,
  'POST /api/v1/admin/tags': STAFF,
  'PATCH /api/v1/admin/tags/{tag_id}': STAFF,
  'DELETE /api/v1/admin/tags/{tag_id}': STAFF,
  'POST /api/v1/admin/tags/{tag_id}/merge': STAFF,
  'GET /api/v1/admin/settings': STAFF,
  'PUT /api/v1/admin/settings/{key}': STAFF,
}

const TRIES = [
  'nobody',
  'member',
  'coach',
  'partner',
  'admin',
  'super_admin',
  'former admin',
  'coming admin',
  'acted for',
]

describe('under /admin', () => {
  let database: TestDatabase
  let app: TestApp
  let operations: Operation[]
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    operations = operationsOf(app.server).filter(({ path }) => path.startsWith('/api/v1/admin/'))
    await makeUser(database.owner, {}, 'super_admin')
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  async function clientFor(who: string): Promise<Client> {
    if (who === 'nobody') return clientOf(app)
    if (!who.includes(' ')) return signedIn(app, await makeUser(database.owner, {}, who))
    const user = await makeUser(database.owner)
    const grant = { user_id: user.id, role_name: 'admin', granted_at: '2024-01-01', valid_from: '2024-01-01' }
    if (who === 'former admin')
      await insert(database.owner, 'user_roles', { ...grant, expires_at: '2024-02-01' })
    if (who === 'former admin') {
      await insert(database.owner, 'user_roles', {
        ...grant,
        valid_from: '2025-01-01',
        revoked_at: '2025-02-01',
      })
    }
    if (who === 'coming admin')
      await insert(database.owner, 'user_roles', { ...grant, valid_from: '2100-01-01' })
    if (who !== 'acted for') return signedIn(app, user)
    const roots = await clientFor('super_admin')
    const body = { reason: 'To try the doors', minutes: 5 }
    const { body: session } = await roots.post(`/api/v1/admin/people/${user.id}/impersonation`, body)
    return clientOf(app, String(session.token))
  }

  async function send(client: Client, operation: Operation) {
    const { method, body } = operation
    const target = await makeUser(database.owner, {}, 'coach')
    const { rows } = await database.owner.query<{ user_role_id: string }>(
      `SELECT user_role_id FROM user_roles WHERE user_id = $1 AND role_name = 'coach'`,
      [target.id],
    )
    const url = addressOf(operation, { user_id: target.id, user_role_id: rows[0]!.user_role_id })
    const payload = body && goodValue(body)
    return method === 'get' || method === 'delete' ? client[method](url) : client[method](url, payload)
  }

  test('every operation stands in the table', () => {
    assert.deepEqual(operations.map(({ name }) => name).sort(), Object.keys(MAY).sort())
  })

  for (const who of TRIES) {
    test(`${who} may do what the table says, and nothing else`, async () => {
      const client = await clientFor(who)
      for (const operation of operations) {
        const { status, body, text } = await send(client, operation)
        const refused = status === 401 || body?.code === 'auth.forbidden'
        const may = MAY[operation.name]?.includes(who) ?? false
        assert.equal(refused, !may, `${who}: ${operation.name} → ${status} ${text.slice(0, 200)}`)
        assert.ok(status < 500, text)
        if (refused) assert.equal(body.code, who === 'nobody' ? 'auth.required' : 'auth.forbidden')
      }
    })
  }
})
