import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { type Client, clientOf, signedIn, signIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeUser, type TestUser, unknownId } from '../../testing/factories.ts'
import { redisServerFound, startRedis, type TestRedis } from '../../testing/redis.ts'
import { endPastSuspensions } from './queries/suspensions.ts'

type Suspension = {
  reason: string
  suspended_by: { user_id: string }
  ends_at: string | null
  lifted_at: string | null
  lifted_by: { user_id: string } | null
  lift_reason: string | null
}

const inFuture = (milliseconds: number) => new Date(Date.now() + milliseconds).toISOString()
const urlOf = ({ id }: Pick<TestUser, 'id'>, part = '') => `/api/v1/admin/people/${id}${part}`

describe('an account that is suspended', () => {
  let database: TestDatabase
  let app: TestApp
  let admin: TestUser
  let admins: Client
  let roots: Client
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    admin = await makeUser(database.owner, {}, 'admin')
    admins = await signedIn(app, admin)
    roots = await signedIn(app, await makeUser(database.owner, {}, 'super_admin'))
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const suspend = (by: Client, user: Pick<TestUser, 'id'>, values: Record<string, unknown> = {}) =>
    by.post<Suspension>(urlOf(user, '/suspension'), { reason: 'Sold fake certificates', ...values })
  const restore = (by: Client, user: TestUser) =>
    by.post(urlOf(user, '/restoration'), { reason: 'Was somebody else' })
  const meOf = async (client: Client) => (await client.get('/api/v1/me')).status
  const signInOf = async ({ email, password }: TestUser) => {
    const reply = await clientOf(app).post('/api/v1/auth/login', { email, password })
    return [reply.status, reply.body.code]
  }
  const refusal = ({ status, body }: { status: number; body: unknown }) => [
    status,
    (body as { code?: string }).code,
  ]

  test('is signed out everywhere at once and cannot sign in, until it is restored', async () => {
    const user = await makeUser(database.owner)
    const clients = [await signIn(app, user), await signedIn(app, user)]
    assert.deepEqual(await Promise.all(clients.map(meOf)), [200, 200])
    assert.equal((await suspend(admins, user)).status, 201)
    assert.deepEqual(await Promise.all(clients.map(meOf)), [401, 401])
    assert.deepEqual(await signInOf(user), [403, 'auth.account_inactive'])
    assert.equal((await restore(roots, user)).status, 204)
    assert.deepEqual(await Promise.all(clients.map(meOf)), [401, 401], 'what has ended stays so')
    assert.equal(await meOf(await signIn(app, user)), 200)
  })

  test('says who did it, why and when, and who undid it', async () => {
    const user = await makeUser(database.owner)
    await suspend(admins, user)
    await restore(roots, user)
    await suspend(admins, user, { reason: 'Once more' })
    const { body } = await admins.get<{ status: string; suspensions: Suspension[] }>(urlOf(user))
    const [second, first] = body.suspensions
    assert.equal(body.status, 'suspended')
    assert.deepEqual(
      [second!.reason, second!.suspended_by.user_id, second!.lifted_at, second!.lift_reason],
      ['Once more', admin.id, null, null],
    )
    assert.deepEqual([first!.reason, first!.lift_reason], ['Sold fake certificates', 'Was somebody else'])
    assert.ok(first!.lifted_at && first!.lifted_by)
    const { rows } = await database.owner.query(
      `SELECT action, user_id = $2 AS by_admin, changes::text FROM audit_logs
       WHERE entity_id = $1 AND action ~ 'suspended|restored' ORDER BY log_id`,
      [user.id, admin.id],
    )
    assert.deepEqual(
      rows.map(({ action, by_admin }) => [action, by_admin]),
      [
        ['identity.user_suspended', 't'],
        ['identity.user_restored', 'f'],
        ['identity.user_suspended', 't'],
      ],
    )
    assert.deepEqual(JSON.parse(rows[0].changes), { status: { from: 'active', to: 'suspended' } })
  })

  test('is told so by mail where its address is proven, with the reason', async () => {
    const [user, unproven] = [
      await makeUser(database.owner),
      await makeUser(database.owner, { email_verified: false }),
    ]
    for (const one of [user, unproven]) {
      await suspend(admins, one)
      await restore(admins, one)
    }
    const { rows } = await database.owner.query(
      `SELECT template, user_id, params->>'reason' AS reason FROM outgoing_messages
       WHERE user_id = ANY ($1) ORDER BY message_id`,
      [[user.id, unproven.id]],
    )
    assert.deepEqual(rows, [
      { template: 'account_suspended', user_id: user.id, reason: 'Sold fake certificates' },
      { template: 'account_restored', user_id: user.id, reason: null },
    ])
  })

  test('for two seconds is out for two seconds, and then comes in without anybody’s doing', async () => {
    const user = await makeUser(database.owner)
    const { body } = await suspend(admins, user, { until: inFuture(2000) })
    const end = Date.parse(body.ends_at!)
    assert.deepEqual(await signInOf(user), [403, 'auth.account_inactive'])
    await delay(end - Date.now() - 300)
    if (Date.now() < end - 100) assert.deepEqual(await signInOf(user), [403, 'auth.account_inactive'])
    await delay(end - Date.now() + 20)
    assert.equal(await meOf(await signIn(app, user)), 200)
    const record = await admins.get<{ status: string; suspensions: Suspension[] }>(urlOf(user))
    assert.deepEqual([record.body.status, record.body.suspensions[0]!.lifted_at], ['active', body.ends_at])
  })

  test('is seen by others again within a minute of its end, once', async () => {
    const user = await makeUser(database.owner)
    const { body } = await suspend(admins, user, { until: inFuture(2000) })
    const end = () => database.workerDb.transaction(null, endPastSuspensions)
    assert.deepEqual(await end(), [])
    await delay(Date.parse(body.ends_at!) - Date.now() + 20)
    assert.deepEqual([await end(), await end()], [[user.id], []])
  })

  test('comes back as what it was: an address that was not proven is not proven by it', async () => {
    const user = await makeUser(database.owner, { status: 'pending_verification', email_verified: false })
    await suspend(admins, user)
    await restore(admins, user)
    const { body } = await admins.get(urlOf(user))
    assert.equal(body.status, 'pending_verification')
  })

  test('is suspended once, and restored once, however many try at once', async () => {
    const user = await makeUser(database.owner)
    const statuses = async (replies: Promise<{ status: number }>[]) =>
      (await Promise.all(replies)).map(({ status }) => status).sort()
    assert.deepEqual(
      await statuses(Array.from({ length: 5 }, () => suspend(admins, user))),
      [201, 409, 409, 409, 409],
    )
    assert.deepEqual(
      await statuses(Array.from({ length: 5 }, () => restore(admins, user))),
      [204, 409, 409, 409, 409],
    )
    assert.deepEqual(refusal(await restore(admins, user)), [409, 'person.not_suspended'])
  })

  test('is somebody else’s, and not of staff unless a super admin says so', async () => {
    const colleague = await makeUser(database.owner, {}, 'admin')
    assert.deepEqual(refusal(await suspend(admins, admin)), [403, 'person.yourself'])
    assert.deepEqual(refusal(await suspend(admins, colleague)), [403, 'person.is_staff'])
    assert.deepEqual(refusal(await suspend(admins, { id: unknownId() })), [404, 'person.not_found'])
    assert.deepEqual(refusal(await suspend(admins, colleague, { until: inFuture(-1000) })), [
      400,
      'suspension.invalid_end',
    ])
    assert.equal((await suspend(roots, colleague)).status, 201)
    assert.deepEqual(refusal(await restore(admins, colleague)), [403, 'person.is_staff'])
  })

  test('has no session that was being opened at that moment', async () => {
    for (let round = 0; round < 10; round++) {
      const user = await makeUser(database.owner)
      const [opened] = await Promise.all([
        Promise.all(Array.from({ length: 6 }, () => signedIn(app, user))).then(async (clients) => {
          await Promise.all(clients.map(meOf))
          return clients
        }),
        suspend(admins, user),
      ])
      assert.deepEqual([...new Set(await Promise.all(opened.map(meOf)))], [401])
    }
  })
})

describe('someone who is locked out or signed in too often', () => {
  let database: TestDatabase
  let app: TestApp
  let admins: Client
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    admins = await signedIn(app, await makeUser(database.owner, {}, 'admin'))
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  test('is unlocked by staff, and signs in at once', async () => {
    const user = await makeUser(database.owner, { failed_login_attempts: 7 })
    await database.owner.query(
      `UPDATE users SET locked_until = now() + interval '1 hour' WHERE user_id = $1`,
      [user.id],
    )
    const attempt = async () =>
      (await clientOf(app).post('/api/v1/auth/login', { email: user.email, password: user.password })).status
    assert.equal(await attempt(), 401)
    const record = async () => {
      const { body } = await admins.get<{ failed_login_attempts: number; locked_until: string | null }>(
        urlOf(user),
      )
      return [body.failed_login_attempts, body.locked_until === null]
    }
    assert.deepEqual(await record(), [7, false])
    assert.equal((await admins.delete(urlOf(user, '/lock'))).status, 204)
    assert.deepEqual([await record(), await attempt()], [[0, true], 200])
  })

  test('has their sessions listed and ended by staff, one or all', async () => {
    const user = await makeUser(database.owner)
    const clients = await Promise.all(Array.from({ length: 3 }, () => signedIn(app, user)))
    const ids = async () => {
      const { body } = await admins.get<{ items: { session_id: string }[] }>(urlOf(user, '/sessions'))
      return body.items.map(({ session_id }) => session_id)
    }
    const statuses = async () =>
      Promise.all(clients.map(async (client) => (await client.get('/api/v1/me')).status))
    assert.deepEqual([(await ids()).length, await statuses()], [3, [200, 200, 200]])
    const [first] = clients.map(({ token }) => token?.split('.')[0])
    assert.equal((await admins.delete(urlOf(user, `/sessions/${first}`))).status, 204)
    assert.equal((await admins.delete(urlOf(user, `/sessions/${first}`))).status, 404)
    assert.deepEqual(await statuses(), [401, 200, 200])
    assert.deepEqual((await admins.delete(urlOf(user, '/sessions'))).body, { ended: 2 })
    assert.deepEqual([await ids(), await statuses()], [[], [401, 401, 401]])
  })
})

if (redisServerFound) {
  test('on a second process a suspension works from the reply of the first on', async () => {
    const database: TestDatabase = await createTestDatabase()
    const redis: TestRedis = await startRedis()
    const start = () => startApp(database, { env: { REDIS_URL: redis.url } })
    const [here, there] = [await start(), await start()]
    try {
      const admins = await signedIn(here, await makeUser(database.owner, {}, 'admin'))
      for (let round = 0; round < 10; round++) {
        const user = await makeUser(database.owner)
        const client = await signedIn(there, user)
        assert.equal((await client.get('/api/v1/me')).status, 200)
        const crowd = Promise.all(Array.from({ length: 10 }, () => client.get('/api/v1/me')))
        await admins.post(urlOf(user, '/suspension'), { reason: 'At once' })
        assert.equal((await client.get('/api/v1/me')).status, 401)
        await crowd
        assert.equal((await client.get('/api/v1/me')).status, 401)
      }
    } finally {
      await here.close()
      await there.close()
      await redis.stop()
      await database.close()
    }
  })
}
