import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { signIn, startApp, type TestApp } from '../src/testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../src/testing/database.ts'
import { makeUser } from '../src/testing/factories.ts'
import { addressOf, operationsOf } from './bad-input/operations.ts'

describe('what only someone signed in may read', () => {
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

  test('is stored by no cache, whether it is there or not', async () => {
    const reader = await signIn(
      app,
      await makeUser(database.owner, {}, 'coach', 'partner', 'admin', 'super_admin'),
    )
    const isPrivate = new Set(
      app.server.rules
        .filter(({ method, access }) => method === 'GET' && access !== 'public')
        .map(({ path }) => path),
    )
    const reads = operationsOf(app.server).filter(
      ({ method, path }) => method === 'get' && isPrivate.has(path.replaceAll(/\{(\w+)\}/g, ':$1')),
    )
    assert.ok(reads.length >= 10 && reads.length === isPrivate.size, `${reads.length} of ${isPrivate.size}`)
    for (const operation of reads) {
      const { headers } = await reader.get(addressOf(operation))
      assert.match(String(headers['cache-control']), /no-store/, operation.name)
    }
  })

  test('and a session that is told to somebody is neither', async () => {
    const { email, password } = await makeUser(database.owner)
    const reply = await app.server.inject({
      method: 'POST',
      url: '/api/v1/auth/login',
      payload: { email, password },
    })
    assert.deepEqual([reply.statusCode, reply.headers['cache-control']], [200, 'no-store'])
  })
})
