import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Client, clientOf, startApp, type TestApp } from '../../testing/client.ts'
import { fixedClock } from '../../testing/clock.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeUser, type TestUser, testPassword, unique } from '../../testing/factories.ts'

type Answer = { code?: string; detail?: string; token?: string; device?: string; user_id?: string }

describe('signing in', () => {
  let database: TestDatabase
  let app: TestApp
  let stranger: Client
  const clock = fixedClock(new Date())
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database, { services: { clock } })
    stranger = clientOf(app)
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const attempt = (body: Record<string, unknown>) => stranger.post<Answer>('/api/v1/auth/login', body)
  const fail = async (user: TestUser, times: number) => {
    for (let n = 0; n < times; n++) await attempt({ email: user.email, password: 'not the password' })
  }

  const lock = ({ id }: TestUser) =>
    database.owner.query(
      `UPDATE users SET failed_login_attempts = 5, locked_until = now() + interval '1 hour' WHERE user_id = $1`,
      [id],
    )

  test('works by e-mail and by username, whatever their case, with a token for who asks', async () => {
    const username = unique('Zuri')
    const zuri = await makeUser(database.owner, { username })
    for (const login of [
      { email: zuri.email },
      { email: zuri.email.toUpperCase() },
      { username },
      { username: username.toLowerCase() },
    ]) {
      const reply = await attempt({ ...login, password: testPassword, session: 'token' })
      assert.deepEqual([reply.status, reply.body.user_id], [200, zuri.id])
      assert.equal((await clientOf(app, reply.body.token).get('/api/v1/me')).status, 200)
      assert.equal(reply.headers['set-cookie'], undefined)
    }
  })

  test('shows at once in what one sees of oneself', async () => {
    const user = await makeUser(database.owner)
    const { body } = await attempt({ email: user.email, password: testPassword, session: 'token' })
    const me = clientOf(app, body.token)
    const first = await me.get<{ last_login: string }>('/api/v1/me')
    await attempt({ email: user.email, password: testPassword })
    assert.ok((await me.get<{ last_login: string }>('/api/v1/me')).body.last_login > first.body.last_login)
  })

  test('renews a hash whose parameters are outdated', async () => {
    const user = await makeUser(database.owner)
    assert.equal((await attempt({ email: user.email, password: testPassword })).status, 200)
    const { rows } = await database.owner.query('SELECT password_hash FROM users WHERE user_id = $1', [
      user.id,
    ])
    assert.match(rows[0].password_hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    assert.equal((await attempt({ email: user.email, password: testPassword })).status, 200)
  })

  test('gives a wrong password and an unknown account the same answer', async () => {
    const user = await makeUser(database.owner)
    const social = await makeUser(database.owner, { password_hash: null })
    const replies = await Promise.all([
      attempt({ email: user.email, password: 'not the password' }),
      attempt({ email: 'nobody@example.com', password: testPassword }),
      attempt({ username: 'nobody-at-all', password: testPassword }),
      attempt({ email: social.email, password: testPassword }),
    ])
    for (const { status, body } of replies) {
      const { code, detail } = body
      assert.deepEqual([status, code, detail], [401, 'auth.invalid_credentials', replies[0]?.body.detail])
    }
  })

  test('is locked by five refused passwords, and open again when the lock has run out', async () => {
    const user = await makeUser(database.owner)
    const right = { email: user.email, password: user.password }
    await fail(user, 4)
    assert.equal((await attempt(right)).status, 200, 'four are forgiven')
    await fail(user, 5)
    const locked = await attempt(right)
    assert.deepEqual(
      [locked.status, locked.body.code],
      [401, 'auth.invalid_credentials'],
      'and nobody is told',
    )
    clock.advance(3 * 60_000)
    assert.equal((await attempt(right)).status, 200)
    await fail(user, 4)
    assert.equal((await attempt(right)).status, 200, 'the count begins anew')
    const { rows } = await database.owner.query(
      `SELECT severity, count(*)::int AS n FROM audit_logs
       WHERE entity_id = $1 AND action = 'identity.sign_in_refused' GROUP BY 1 ORDER BY 1`,
      [user.id],
    )
    assert.deepEqual(rows, [
      { severity: 'info', n: '13' },
      { severity: 'warning', n: '1' },
    ])
  })

  test('goes on from a device that is known while strangers lock the account, ten guesses an hour', async () => {
    const user = await makeUser(database.owner)
    const right = { email: user.email, password: user.password }
    const known = await attempt({ ...right, session: 'token' })
    const { device } = known.body
    await lock(user)
    assert.equal((await attempt(right)).status, 401, 'a stranger is shut out')
    assert.equal(
      (await attempt({ ...right, device: 'x'.repeat(43) })).status,
      401,
      'so is a device that nobody knows',
    )
    assert.equal((await attempt({ ...right, device })).status, 200)
    const other = await makeUser(database.owner)
    await lock(other)
    assert.equal((await attempt({ email: other.email, password: other.password, device })).status, 401)
    for (let n = 0; n < 8; n++) await attempt({ ...right, device, password: 'a guess' })
    const { rows } = await database.owner.query(
      'SELECT failed_login_attempts FROM users WHERE user_id = $1',
      [user.id],
    )
    assert.equal(Number(rows[0].failed_login_attempts), 0, 'its guesses lock nobody out')
    await attempt({ ...right, device })
    assert.equal((await attempt({ ...right, device })).status, 429)
  })

  test('in a browser ends the session that it held before, and no session of a client without cookies', async () => {
    const user = await makeUser(database.owner)
    const right = { email: user.email, password: user.password }
    const first = await attempt({ ...right, session: 'token' })
    const cookie = `bcn_session=${first.body.token}`
    const from = { cookie, 'sec-fetch-site': 'same-origin' }
    const statusOf = async () => (await clientOf(app, first.body.token).get('/api/v1/me')).status
    assert.equal(
      (await stranger.post('/api/v1/auth/login', { ...right, session: 'token' }, from)).status,
      200,
    )
    assert.equal(await statusOf(), 200)
    assert.equal((await stranger.post('/api/v1/auth/login', right, from)).status, 200)
    assert.equal(await statusOf(), 401)
  })

  test('is remembered by a browser as a cookie for sign-in alone', async () => {
    const user = await makeUser(database.owner)
    const reply = await attempt({ email: user.email, password: user.password })
    const cookies = [reply.headers['set-cookie']].flat()
    const device = cookies.find((cookie) => String(cookie).startsWith('bcn_device='))
    assert.match(String(device), /^bcn_device=[\w-]{43}; Path=\/; Max-Age=31536000; HttpOnly; SameSite=Lax$/)
  })

  test('that is refused leaves a trace, and does the same work, whether there is such an account or not', async () => {
    const [user, locked] = [await makeUser(database.owner), await makeUser(database.owner)]
    await database.owner.query(
      `UPDATE users SET locked_until = now() + interval '1 hour' WHERE user_id = $1`,
      [locked.id],
    )
    const refusals = async () => {
      const { rows } = await database.owner.query<{ entity_id: string | null; reason: string }>(
        `SELECT entity_id, metadata ->> 'reason' AS reason FROM audit_logs
         WHERE action = 'identity.sign_in_refused' ORDER BY log_id`,
      )
      return rows
    }
    const before = (await refusals()).length
    await attempt({ email: user.email, password: 'not the password' })
    await attempt({ email: 'who-is-that@example.com', password: testPassword })
    await attempt({ email: locked.email, password: locked.password })
    assert.deepEqual((await refusals()).slice(before), [
      { entity_id: user.id, reason: 'password' },
      { entity_id: null, reason: 'account' },
      { entity_id: locked.id, reason: 'locked' },
    ])
  })

  test('tells who has the right password that the account is not active', async () => {
    const user = await makeUser(database.owner, { status: 'suspended' })
    const wrong = await attempt({ email: user.email, password: 'not the password' })
    const right = await attempt({ email: user.email, password: user.password })
    assert.deepEqual(
      [wrong.body.code, right.status, right.body.code],
      ['auth.invalid_credentials', 403, 'auth.account_inactive'],
    )
    const { rows } = await database.owner.query(
      `SELECT metadata FROM audit_logs WHERE entity_id = $1 ORDER BY log_id DESC LIMIT 1`,
      [user.id],
    )
    assert.deepEqual(JSON.parse(rows[0].metadata), { reason: 'status' })
  })

  test('is slowed down per account', async () => {
    const email = 'guessed@example.com'
    const statuses = []
    for (let n = 0; n < 31; n++) statuses.push(await attempt({ email, password: 'a guess' }))
    const last = statuses.at(-1)
    assert.deepEqual([last?.status, last?.body.code], [429, 'auth.too_many_attempts'])
    assert.match(String(last?.headers['retry-after']), /^\d+$/)
  })

  test('wants one name, not two and not none', async () => {
    for (const login of [{}, { email: 'a@example.com', username: 'someone' }]) {
      const reply = await attempt({ ...login, password: testPassword })
      assert.deepEqual([reply.status, reply.body.code], [400, 'auth.one_of'])
    }
  })
})
