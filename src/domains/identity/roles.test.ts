import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { type Client, clientOf, signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeUser, type TestUser, unknownId } from '../../testing/factories.ts'
import { redisServerFound, startRedis, type TestRedis } from '../../testing/redis.ts'

type Grant = {
  user_role_id: string
  user_id: string
  role: string
  state: string
  valid_from: string
  expires_at: string | null
  granted_by: { user_id: string } | null
  reason: string | null
  revoked_at: string | null
  revoked_by: { user_id: string } | null
  revoke_reason: string | null
}

const DAY = 86_400_000
const inFuture = (milliseconds: number) => new Date(Date.now() + milliseconds).toISOString()
const rolesUrl = (user: Pick<TestUser, 'id'>) => `/api/v1/admin/people/${user.id}/roles`
const grantUrl = (grant: Pick<Grant, 'user_role_id'>) => `/api/v1/admin/roles/${grant.user_role_id}`

describe('a role', () => {
  let database: TestDatabase
  let app: TestApp
  let root: TestUser
  let admin: TestUser
  let roots: Client
  let admins: Client
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    root = await makeUser(database.owner, {}, 'super_admin')
    admin = await makeUser(database.owner, {}, 'admin')
    ;[roots, admins] = await Promise.all([signedIn(app, root), signedIn(app, admin)])
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const grant = async (by: Client, user: TestUser, values: Record<string, unknown>) => {
    const reply = await by.post<Grant>(rolesUrl(user), {
      role: 'coach',
      reason: 'Approved by the board',
      ...values,
    })
    assert.equal(reply.status, 201, reply.text)
    return reply.body
  }
  const historyOf = async (user: TestUser) =>
    (await admins.get<{ items: Grant[] }>(rolesUrl(user))).body.items
  const isStaff = async (client: Client) => (await client.get('/api/v1/admin/metrics')).status === 200
  const refusal = ({ status, body }: { status: number; body: { code?: unknown } }) => [status, body.code]

  test('that is scheduled for tomorrow does not work today, and does tomorrow', async () => {
    const user = await makeUser(database.owner)
    const client = await signedIn(app, user)
    const { user_role_id, state } = await grant(roots, user, { role: 'admin', valid_from: inFuture(DAY) })
    assert.deepEqual([state, await isStaff(client)], ['scheduled', false])
    await database.owner.query(
      `UPDATE user_roles SET valid_from = now() - interval '1 second' WHERE user_role_id = $1`,
      [user_role_id],
    )
    assert.equal(await isStaff(await signedIn(app, user)), true)
  })

  test('has a history that says all: what, from when, until when, by whom and why', async () => {
    const user = await makeUser(database.owner)
    const [first] = [await grant(admins, user, { reason: 'Passed the interview', expires_at: inFuture(DAY) })]
    const moved = await admins.patch<Grant>(grantUrl(first), {
      expires_at: inFuture(9 * DAY),
      reason: 'Does it well',
    })
    await roots.post(`${grantUrl(moved.body)}/revocation`, { reason: 'Left the network' })
    const [later, earlier, membership] = await historyOf(user)
    assert.deepEqual(
      [later, earlier].map((one) => [
        one!.state,
        one!.granted_by?.user_id,
        one!.reason,
        one!.revoked_by?.user_id,
        one!.revoke_reason,
      ]),
      [
        ['revoked', admin.id, 'Does it well', root.id, 'Left the network'],
        ['revoked', admin.id, 'Passed the interview', admin.id, 'Does it well'],
      ],
    )
    assert.equal(earlier!.revoked_at, later!.valid_from, 'held without a gap')
    assert.deepEqual([earlier!.expires_at, later!.expires_at], [first.expires_at, moved.body.expires_at])
    assert.deepEqual([membership!.role, membership!.state], ['member', 'active'])
    const { rows } = await database.owner.query(
      `SELECT action, user_id, metadata->>'role' AS role FROM audit_logs
       WHERE entity_id = $1 AND action LIKE 'identity.role%' AND retention_class = 'security' ORDER BY log_id`,
      [user.id],
    )
    assert.deepEqual(
      rows.map(({ action, user_id, role }) => [action, user_id, role]),
      [
        ['identity.role_granted', admin.id, 'coach'],
        ['identity.role_end_moved', admin.id, 'coach'],
        ['identity.role_revoked', root.id, 'coach'],
      ],
    )
  })

  test('works from the reply on, and no longer from the reply that revokes it', async () => {
    const user = await makeUser(database.owner)
    const client = await signedIn(app, user)
    assert.equal(await isStaff(client), false)
    const given = await grant(roots, user, { role: 'admin' })
    assert.equal(await isStaff(client), true)
    await roots.post(`${grantUrl(given)}/revocation`, { reason: 'By mistake' })
    assert.equal(await isStaff(client), false)
  })

  test('ends in one’s own page when it ends', async () => {
    const user = await makeUser(database.owner)
    const client = await signedIn(app, user)
    const shown = async () => {
      const { body } = await client.get<{ roles: { role_name: string }[] }>('/api/v1/me')
      return body.roles.map(({ role_name }) => role_name)
    }
    assert.deepEqual(await shown(), ['member'])
    const given = await grant(admins, user, { expires_at: inFuture(1500) })
    assert.deepEqual(await shown(), ['coach', 'member'])
    await delay(Date.parse(given.expires_at!) - Date.now() + 20)
    assert.deepEqual(await shown(), ['member'])
  })

  test('begins in one’s own page when it begins', async () => {
    const user = await makeUser(database.owner)
    const client = await signedIn(app, user)
    const { valid_from } = await grant(admins, user, { valid_from: inFuture(1000) })
    const count = async () => (await client.get<{ roles: unknown[] }>('/api/v1/me')).body.roles.length
    assert.equal(await count(), 1)
    await delay(Date.parse(valid_from) - Date.now() + 20)
    assert.equal(await count(), 2)
  })

  test('is not granted twice for the same time, however many try at once', async () => {
    const user = await makeUser(database.owner)
    const replies = await Promise.all(
      Array.from({ length: 10 }, () => admins.post(rolesUrl(user), { role: 'coach', reason: 'All at once' })),
    )
    assert.equal(replies.filter(({ status }) => status === 201).length, 1)
    for (const reply of replies.filter(({ status }) => status !== 201)) {
      assert.deepEqual(refusal(reply), [409, 'role.overlaps'])
    }
    const [given] = await historyOf(user)
    await admins.patch(grantUrl(given!), { expires_at: inFuture(DAY), reason: 'For a day' })
    await grant(admins, user, { valid_from: inFuture(2 * DAY) })
    const [, held] = await historyOf(user)
    assert.deepEqual(
      refusal(await admins.patch(grantUrl(held!), { expires_at: inFuture(3 * DAY), reason: 'Too long' })),
      [409, 'role.overlaps'],
    )
  })

  test('is ended once, however many end or move it at once', async () => {
    const user = await makeUser(database.owner)
    const given = await grant(admins, user, {})
    const replies = await Promise.all([
      ...Array.from({ length: 5 }, () =>
        admins.post(`${grantUrl(given)}/revocation`, { reason: 'All at once' }),
      ),
      ...Array.from({ length: 5 }, () =>
        admins.patch(grantUrl(given), { expires_at: inFuture(DAY), reason: 'All at once' }),
      ),
    ])
    const taken = replies.filter(({ status }) => status < 300)
    assert.equal(taken.length, 1)
    for (const reply of replies) if (reply !== taken[0]) assert.deepEqual(refusal(reply), [409, 'role.ended'])
    const { rows } = await database.owner.query(
      'SELECT FROM user_roles WHERE user_id = $1 AND role_name = $2 AND revoked_at IS NULL',
      [user.id, 'coach'],
    )
    assert.ok(rows.length <= 1)
  })

  test('that has not begun can be moved and ended', async () => {
    const user = await makeUser(database.owner)
    const given = await grant(admins, user, { valid_from: inFuture(DAY), expires_at: inFuture(2 * DAY) })
    const moved = await admins.patch<Grant>(grantUrl(given), { expires_at: null, reason: 'For good' })
    assert.deepEqual(
      [moved.body.state, moved.body.valid_from, moved.body.expires_at],
      ['scheduled', given.valid_from, null],
    )
    const ended = await admins.post<Grant>(`${grantUrl(moved.body)}/revocation`, { reason: 'Not after all' })
    assert.deepEqual([ended.status, ended.body.state], [201, 'revoked'])
  })

  test('is not written into the past, nor ended before it began', async () => {
    const user = await makeUser(database.owner)
    for (const period of [
      { valid_from: inFuture(-2 * DAY) },
      { expires_at: inFuture(-1000) },
      { valid_from: inFuture(2 * DAY), expires_at: inFuture(DAY) },
    ]) {
      const reply = await admins.post(rolesUrl(user), { role: 'coach', reason: 'For the books', ...period })
      assert.deepEqual(refusal(reply), [400, 'role.invalid_period'], JSON.stringify(period))
    }
    const given = await grant(admins, user, {})
    const reply = await admins.patch(grantUrl(given), {
      expires_at: inFuture(-DAY),
      reason: 'Since yesterday',
    })
    assert.deepEqual(refusal(reply), [400, 'role.invalid_period'])
    assert.equal((await historyOf(user))[0]!.state, 'active', 'nothing half done')
  })

  test('that makes staff is for super admins to give, move and take', async () => {
    const user = await makeUser(database.owner)
    for (const role of ['admin', 'super_admin']) {
      const body = { role, reason: 'A favour' }
      assert.deepEqual(refusal(await admins.post(rolesUrl(user), body)), [403, 'role.needs_super_admin'])
      const given = await grant(roots, user, { role })
      const others = await signedIn(app, await makeUser(database.owner, {}, 'admin'))
      for (const reply of [
        await others.post(`${grantUrl(given)}/revocation`, { reason: 'A coup' }),
        await others.patch(grantUrl(given), { expires_at: inFuture(DAY), reason: 'A coup' }),
      ]) {
        assert.deepEqual(refusal(reply), [403, 'role.needs_super_admin'])
      }
      assert.equal((await roots.post(`${grantUrl(given)}/revocation`, { reason: 'Done' })).status, 201)
    }
  })

  test('is nobody’s to give to themselves, nor to keep', async () => {
    for (const [client, user] of [
      [roots, root],
      [admins, admin],
    ] as const) {
      const reply = await client.post(rolesUrl(user), { role: 'coach', reason: 'I am good at it' })
      assert.deepEqual(refusal(reply), [403, 'role.own'])
    }
    const own = (await historyOf(root)).find(({ role }) => role === 'super_admin')
    const patched = await roots.patch(grantUrl(own!), { expires_at: inFuture(DAY), reason: 'Tired' })
    assert.deepEqual(refusal(patched), [403, 'role.own'])
  })

  test('of a member stays, and that of a partner comes with the partner', async () => {
    const user = await makeUser(database.owner, {}, 'partner')
    const history = await historyOf(user)
    const ids = Object.fromEntries(history.map(({ role, user_role_id }) => [role, user_role_id]))
    for (const [role, code] of [
      ['member', 'role.member_stays'],
      ['partner', 'role.comes_with_partner'],
    ] as const) {
      const reply = await roots.post(`/api/v1/admin/roles/${ids[role]}/revocation`, { reason: 'Enough' })
      assert.deepEqual(refusal(reply), [409, code])
      const given = await roots.post(rolesUrl(user), { role, reason: 'Once more' })
      assert.deepEqual(refusal(given), [400, 'request.invalid'])
    }
  })

  test('of somebody or something unknown is not found', async () => {
    const reason = { reason: 'Whoever it is' }
    for (const reply of [
      await admins.get(rolesUrl({ id: unknownId() })),
      await admins.post(rolesUrl({ id: unknownId() }), { role: 'coach', ...reason }),
    ]) {
      assert.deepEqual(refusal(reply), [404, 'person.not_found'])
    }
    const reply = await admins.post(`${grantUrl({ user_role_id: unknownId() })}/revocation`, reason)
    assert.deepEqual(refusal(reply), [404, 'role.not_found'])
  })

  test('is granted after a proof of the last ten minutes only', async () => {
    const client = await signedIn(app, admin)
    await database.owner.query(
      `UPDATE sessions SET proven_at = now() - interval '11 minutes' WHERE session_id = $1`,
      [client.token?.split('.')[0]],
    )
    const user = await makeUser(database.owner)
    const reply = await client.post(rolesUrl(user), { role: 'coach', reason: 'Late' })
    assert.deepEqual(refusal(reply), [403, 'auth.step_up_required'])
    assert.equal((await client.get(rolesUrl(user))).status, 200)
  })
})

if (redisServerFound) describe('on two processes, a role', onTwoProcesses)
else
  test('without redis-server on this machine two processes are not tried', () => assert.ok(!process.env.CI))

function onTwoProcesses(): void {
  let database: TestDatabase
  let redis: TestRedis
  let apps: readonly [TestApp, TestApp]
  let roots: Client
  before(async () => {
    database = await createTestDatabase()
    redis = await startRedis()
    const start = () => startApp(database, { env: { REDIS_URL: redis.url } })
    apps = [await start(), await start()]
    roots = await signedIn(apps[0], await makeUser(database.owner, {}, 'super_admin'))
  })
  after(async () => {
    for (const app of apps) await app.close()
    await redis.stop()
    await database.close()
  })

  const metricsOf = async (client: Client) => (await client.get('/api/v1/admin/metrics')).status
  /** Someone on the second process, whose session is cached there. */
  const onTheSecond = async (user: TestUser) => {
    const client = clientOf(apps[1], (await signedIn(apps[1], user)).token)
    assert.equal(await metricsOf(client), 403)
    return client
  }
  const give = async (user: TestUser, expires_at?: string) => {
    const { body } = await roots.post<Grant>(rolesUrl(user), {
      role: 'admin',
      reason: 'Two seconds',
      expires_at,
    })
    return body
  }

  test('that expires in two seconds stops working in two seconds on the second process', async () => {
    const user = await makeUser(database.owner)
    const client = await onTheSecond(user)
    const { expires_at } = await give(user, inFuture(2000))
    const end = Date.parse(expires_at!)
    let worked = 0
    while (Date.now() < end - 30) {
      const status = await metricsOf(client)
      if (Date.now() < end) assert.equal(status, 200, `${end - Date.now()} ms before its end`)
      worked++
      await delay(20)
    }
    assert.ok(worked > 3)
    await delay(end - Date.now() + 5)
    assert.equal(await metricsOf(client), 403)
    const { rows } = await database.owner.query('SELECT has_role($1, $2) AS holds', [user.id, 'admin'])
    assert.equal(rows[0].holds, 'f')
  })

  test('that is revoked on the first stops at once on the second, again and again', async () => {
    const user = await makeUser(database.owner)
    const client = await onTheSecond(user)
    for (let n = 0; n < 20; n++) {
      const given = await give(user)
      assert.equal(await metricsOf(client), 200)
      // A crowd that reads and stores the session while it is revoked.
      const crowd = Promise.all(Array.from({ length: 10 }, () => metricsOf(client)))
      await roots.post(`${grantUrl(given)}/revocation`, { reason: 'Again' })
      assert.equal(await metricsOf(client), 403)
      await crowd
      assert.equal(await metricsOf(client), 403)
    }
  })
}
