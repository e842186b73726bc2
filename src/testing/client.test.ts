import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { clientOf, signIn, startApp, type TestApp } from './client.ts'
import { createTestDatabase, type TestDatabase } from './database.ts'
import { makeUser } from './factories.ts'
import { replyChecker } from './reply-checker.ts'

describe('the test client', () => {
  let database: TestDatabase
  let app: TestApp
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  test('speaks to the real application', async () => {
    const stranger = clientOf(app)
    assert.equal((await stranger.get('/health/ready')).status, 200)
    const missing = await stranger.get('/api/v1/nowhere')
    assert.equal(missing.status, 404)
    assert.equal(typeof missing.body.code, 'string')
  })

  test('signs a person in, and is known from then on', async () => {
    const client = await signIn(app, await makeUser(database.owner))
    assert.equal((await client.get('/api/v1/me')).status, 200)
    assert.equal((await clientOf(app).get('/api/v1/me')).status, 401)
  })

  test('refuses an error that is no problem', () => {
    const told = {
      method: 'GET',
      url: '/api/v1/x',
      status: 404,
      type: 'application/json',
      body: { error: 'gone' },
    }
    assert.throws(() => replyChecker(app.server)(told), /GET \/api\/v1\/x → 404: the reply does not match/)
  })

  test('refuses a reply that differs from the document', () => {
    const told = { method: 'GET', url: '/api/v1/posts?limit=1', status: 200, type: 'application/json' }
    const check = replyChecker(app.server)
    check({ ...told, body: { items: [], next_cursor: null } })
    assert.throws(() => check({ ...told, body: { items: [], next_cursor: null, more: 1 } }), /does not match/)
    assert.throws(() => check({ ...told, status: 206, body: {} }), /no reply of this status/)
  })
})
