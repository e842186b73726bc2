import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { asSelf } from '../../platform/actor.ts'
import { originsOf } from '../../platform/audit/origins.ts'
import { type Client, clientOf, signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { fixedClock } from '../../testing/clock.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeUser, type TestUser } from '../../testing/factories.ts'
import { redisServerFound, startRedis } from '../../testing/redis.ts'

const MINUTE = 60_000
const urlOf = ({ id }: TestUser) => `/api/v1/admin/people/${id}/impersonation`

describe('a super admin who acts as somebody else', () => {
  let database: TestDatabase
  let app: TestApp
  let root: TestUser
  let roots: Client
  const clock = fixedClock(new Date())
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database, { services: { clock } })
    root = await makeUser(database.owner, {}, 'super_admin')
    roots = await signedIn(app, root)
    await makeUser(database.owner, {}, 'super_admin')
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const actAs = async (user: TestUser, by = roots, minutes = 30) => {
    const reply = await by.post<{ token: string; expires_at: string }>(urlOf(user), {
      reason: 'Case 4711',
      minutes,
    })
    assert.equal(reply.status, 201, reply.text)
    return clientOf(app, reply.body.token)
  }
  const refusal = ({ status, body }: { status: number; body: unknown }) => [
    status,
    (body as { code?: string }).code,
  ]
  const meOf = async (client: Client) => (await client.get('/api/v1/me')).status

  test('is them to the API, and every reply says who it really is', async () => {
    const user = await makeUser(database.owner)
    const client = await actAs(user)
    const me = await client.get<{ user_id: string }>('/api/v1/me')
    assert.deepEqual([me.body.user_id, me.headers['impersonated-by']], [user.id, root.id])
    const refused = await client.get('/api/v1/admin/metrics')
    assert.deepEqual([refused.status, refused.headers['impersonated-by']], [403, root.id])
    const session = await client.get('/api/v1/auth/session')
    assert.deepEqual([session.body.user_id, session.body.impersonated_by], [user.id, root.id])
    assert.equal((await roots.get('/api/v1/me')).headers['impersonated-by'], undefined)
    assert.equal(
      (await client.get('/api/v1/posts')).headers['impersonated-by'],
      root.id,
      'also on a public page',
    )
  })

  test('leaves their own name in every trace', async () => {
    const user = await makeUser(database.owner)
    const client = await actAs(user)
    await client.delete('/api/v1/auth/impersonation')
    const { rows } = await database.owner.query(
      `SELECT log_id, timestamp, retention_class, action, user_id, impersonating_user_id, origin_cipher, a::text LIKE '%Case 4711%' AS plain
       FROM audit_logs a WHERE entity_id = $1 AND retention_class = 'security' ORDER BY log_id`,
      [user.id],
    )
    const sealed = rows.map((row) => ({
      ...row,
      origin_cipher: Buffer.from(row.origin_cipher.slice(2), 'hex'),
    }))
    const told = await database.db.transaction(asSelf(root.id), (tx) => originsOf(tx, sealed))
    assert.deepEqual(
      rows.map((row, at) => [
        row.action,
        row.user_id,
        row.impersonating_user_id,
        told[at]?.reason,
        row.plain,
      ]),
      [
        ['identity.impersonation_started', root.id, null, 'Case 4711', 'f'],
        ['identity.impersonation_ended', user.id, root.id, undefined, 'f'],
      ],
    )
  })

  test('leaves a trace of each thing that they read meanwhile: the route, from where, and no value', async () => {
    const user = await makeUser(database.owner)
    const client = await actAs(user)
    const own = await signedIn(app, user)
    for (const path of ['/me', '/me/exports', '/me/sessions', `/people/${root.id}`])
      for (const reader of [client, own]) assert.equal((await reader.get(`/api/v1${path}`)).status, 200, path)
    assert.equal((await client.get('/api/v1/admin/metrics')).status, 403, 'and nothing of what is refused')
    const { rows } = await database.owner.query(
      `SELECT user_id, impersonating_user_id, entity_id, metadata, request_id IS NOT NULL AND origin_cipher IS NOT NULL AS placed
       FROM audit_logs WHERE action = 'identity.impersonation_read' AND entity_id = $1 ORDER BY log_id`,
      [user.id],
    )
    assert.deepEqual(
      rows.map(({ metadata }) => JSON.parse(metadata)),
      ['/me', '/me/exports', '/me/sessions', '/people/:person'].map((path) => ({ route: `/api/v1${path}` })),
    )
    for (const row of rows)
      assert.deepEqual(
        [row.user_id, row.impersonating_user_id, row.entity_id, row.placed],
        [user.id, root.id, user.id, 't'],
      )
  })

  test('stands in that person’s list of sessions as such', async () => {
    const user = await makeUser(database.owner)
    await actAs(user)
    const own = await signedIn(app, user)
    const { body } = await own.get<{ items: { session_id: string; impersonated: boolean }[] }>(
      '/api/v1/me/sessions',
    )
    assert.deepEqual(body.items.map(({ impersonated }) => impersonated).sort(), [false, true])
    const { session_id } = body.items.find(({ impersonated }) => impersonated)!
    assert.equal(
      (await own.delete(`/api/v1/me/sessions/${session_id}`)).status,
      204,
      'and may be shown the door',
    )
  })

  test('does so for as many minutes as they asked for', async () => {
    const user = await makeUser(database.owner)
    const client = await actAs(user, roots, 2)
    assert.equal(await meOf(client), 200)
    clock.advance(1 * MINUTE)
    assert.equal(await meOf(client), 200)
    clock.advance(3 * MINUTE)
    assert.equal(await meOf(client), 401)
    clock.advance(-4 * MINUTE)
    for (const minutes of [0, 61, 1.5]) {
      const reply = await roots.post(urlOf(user), { reason: 'Too long', minutes })
      assert.deepEqual(refusal(reply), [400, 'request.invalid'])
    }
  })

  test('stops when they say so, and goes on as themselves', async () => {
    const user = await makeUser(database.owner)
    const client = await actAs(user)
    assert.equal((await client.delete('/api/v1/auth/impersonation')).status, 204)
    assert.deepEqual([await meOf(client), await meOf(roots)], [401, 200])
    const other = await actAs(user)
    assert.equal((await other.post('/api/v1/auth/logout')).status, 204)
    assert.equal(await meOf(other), 401)
    assert.deepEqual(refusal(await roots.delete('/api/v1/auth/impersonation')), [
      404,
      'impersonation.not_found',
    ])
  })

  test('stops at once when they lose the role, are suspended, or sign out everywhere', async () => {
    const user = await makeUser(database.owner)
    for (const end of [
      async (by: TestUser) => {
        const { body } = await roots.get<{ items: { role: string; user_role_id: string }[] }>(
          `/api/v1/admin/people/${by.id}/roles`,
        )
        const grant = body.items.find(({ role }) => role === 'super_admin')
        return roots.post(`/api/v1/admin/roles/${grant?.user_role_id}/revocation`, { reason: 'No more' })
      },
      async (by: TestUser) => roots.post(`/api/v1/admin/people/${by.id}/suspension`, { reason: 'No more' }),
      async (by: TestUser) => roots.delete(`/api/v1/admin/people/${by.id}/sessions`),
    ]) {
      const by = await makeUser(database.owner, {}, 'super_admin')
      const client = await actAs(user, await signedIn(app, by))
      assert.equal(await meOf(client), 200)
      assert.ok((await end(by)).status < 300)
      assert.equal(await meOf(client), 401)
    }
  })

  test('acts no longer than their own role lasts', async () => {
    const by = await makeUser(database.owner)
    await database.owner.query(
      `INSERT INTO user_roles (user_id, role_name, expires_at) VALUES ($1, 'super_admin', now() + interval '5 minutes')`,
      [by.id],
    )
    const client = await actAs(await makeUser(database.owner), await signedIn(app, by))
    assert.equal(await meOf(client), 200)
    clock.advance(7 * MINUTE)
    assert.equal(await meOf(client), 401)
    clock.advance(-7 * MINUTE)
  })

  test('acts no longer once that person becomes staff, now or by a grant that begins meanwhile', async () => {
    const user = await makeUser(database.owner)
    await database.owner.query(
      `INSERT INTO user_roles (user_id, role_name, valid_from) VALUES ($1, 'admin', now() + interval '5 minutes')`,
      [user.id],
    )
    const client = await actAs(user)
    assert.equal(await meOf(client), 200)
    clock.advance(7 * MINUTE)
    assert.equal(await meOf(client), 401)
    clock.advance(-7 * MINUTE)
    const other = await makeUser(database.owner)
    const others = await actAs(other)
    assert.equal(await meOf(others), 200)
    await roots.post(`/api/v1/admin/people/${other.id}/roles`, { role: 'admin', reason: 'Chosen' })
    assert.equal(await meOf(others), 401)
  })

  test('cannot touch money, passwords, factors or sessions, nor become somebody else again', async () => {
    const user = await makeUser(database.owner)
    const client = await actAs(user)
    for (const [method, url, body] of [
      ['post', '/api/v1/me/totp', undefined],
      ['delete', '/api/v1/me/totp', undefined],
      ['post', '/api/v1/me/recovery-codes', undefined],
      ['post', '/api/v1/auth/step-up', { password: user.password }],
      ['delete', '/api/v1/me/sessions', undefined],
      ['post', urlOf(user), { reason: 'Nested', minutes: 5 }],
    ] as const) {
      const reply = method === 'post' ? await client.post(url, body) : await client.delete(url)
      assert.equal(reply.status, 403, `${method} ${url}`)
      assert.match(String(reply.body.code), /^auth\.(impersonation_refused|forbidden)$/, url)
    }
    const post = await client.post('/api/v1/posts', { content: 'On their behalf', category: 'story' })
    assert.equal(post.status, 201)
  })

  test('is a super admin, who has just proven it, and acts as no staff, nobody inactive and not as themselves', async () => {
    const [user, admin, idle] = [
      await makeUser(database.owner),
      await makeUser(database.owner, {}, 'admin'),
      await makeUser(database.owner, { status: 'pending_verification' }),
    ]
    const body = { reason: 'Curious', minutes: 5 }
    const admins = await signedIn(app, admin)
    assert.deepEqual(refusal(await admins.post(urlOf(user), body)), [403, 'auth.forbidden'])
    assert.deepEqual(refusal(await roots.post(urlOf(admin), body)), [403, 'impersonation.of_staff'])
    assert.deepEqual(refusal(await roots.post(urlOf(root), body)), [403, 'person.yourself'])
    assert.deepEqual(refusal(await roots.post(urlOf(idle), body)), [409, 'person.inactive'])
    const stale = await signedIn(app, root)
    await database.owner.query(
      `UPDATE sessions SET proven_at = now() - interval '1 hour' WHERE session_id = $1`,
      [stale.token?.split('.')[0]],
    )
    assert.deepEqual(refusal(await stale.post(urlOf(user), body)), [403, 'auth.step_up_required'])
  })

  test('may hold the session as a cookie, in the place of their own', async () => {
    const user = await makeUser(database.owner)
    const reply = await roots.post(urlOf(user), { reason: 'In the browser', minutes: 5, session: 'cookie' })
    assert.equal(reply.body.token, undefined)
    const cookie = /bcn_session=[^;]+/.exec(String(reply.headers['set-cookie']))?.[0]
    const me = await clientOf(app).get('/api/v1/me', { cookie: cookie! })
    assert.deepEqual([me.body.user_id, me.headers['impersonated-by']], [user.id, root.id])
  })
})

if (redisServerFound) {
  test('on a second process acting for somebody else stops with the role, at once', async () => {
    const database = await createTestDatabase()
    const redis = await startRedis()
    const start = () => startApp(database, { env: { REDIS_URL: redis.url } })
    const [here, there] = [await start(), await start()]
    try {
      const roots = await signedIn(here, await makeUser(database.owner, {}, 'super_admin'))
      const [by, user] = [await makeUser(database.owner, {}, 'super_admin'), await makeUser(database.owner)]
      const { body } = await (await signedIn(there, by)).post(urlOf(user), { reason: 'Case 1', minutes: 60 })
      const client = clientOf(there, String(body.token))
      assert.equal((await client.get('/api/v1/me')).status, 200)
      await roots.post(`/api/v1/admin/people/${by.id}/suspension`, { reason: 'Enough' })
      assert.equal((await client.get('/api/v1/me')).status, 401)
    } finally {
      await here.close()
      await there.close()
      await redis.stop()
      await database.close()
    }
  })
}
