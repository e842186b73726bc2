import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { clientOf, startApp, type TestApp } from './client.ts'
import { createTestDatabase, type TestDatabase } from './database.ts'
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
})
