import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { type Client, clientOf, signIn, startApp, type TestApp } from '../../testing/client.ts'
import { fixedClock } from '../../testing/clock.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { insert, makeUser, unknownId } from '../../testing/factories.ts'
import { deleteExpiredSessions } from './queries/sessions.ts'

const DAY = 86_400_000

describe('a session', () => {
  let database: TestDatabase
  let app: TestApp
  const clock = fixedClock(new Date())
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database, { services: { clock } })
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const statusOf = async (client: Client) => (await client.get('/api/v1/me')).status
  const someone = async (...roles: string[]) => signIn(app, await makeUser(database.owner, {}, ...roles))
  const cookieOf = (client: Client) => ({ cookie: `theme=dark; bcn_session=${client.token}; other=1` })

  test('is removed by the sweep once it has expired, the oldest first, so many at a time', async () => {
    const { id } = await makeUser(database.owner)
    for (const days of [3, 1, 2, -1]) {
      await database.owner.query(
        `INSERT INTO sessions (session_id, user_id, token_hash, expires_at)
         VALUES (uuid_v7(), $1, $2::text, now() - make_interval(days => $2::text::int))`,
        [id, days],
      )
    }
    const sweep = () => database.workerDb.transaction(null, (tx) => deleteExpiredSessions(tx, 2))
    const left = async () => {
      const { rows } = await database.owner.query(
        'SELECT token_hash FROM sessions WHERE user_id = $1 ORDER BY expires_at',
        [id],
      )
      return rows.map((row) => row.token_hash)
    }
    assert.deepEqual([await sweep(), await left()], [2, ['1', '-1']])
    assert.deepEqual([await sweep(), await left()], [1, ['-1']])
  })

  test('ends everywhere at once when its owner signs out, and the others go on', async () => {
    const user = await makeUser(database.owner)
    const [one, other] = [await signIn(app, user), await signIn(app, user)]
    assert.deepEqual([await statusOf(one), await statusOf(other)], [200, 200])
    const out = await one.post('/api/v1/auth/logout')
    assert.equal(out.status, 204)
    assert.match(String(out.headers['set-cookie']), /^bcn_session=; Path=\/; Max-Age=0;/)
    assert.deepEqual([await statusOf(one), await statusOf(other)], [401, 200])
    assert.equal((await one.post('/api/v1/auth/logout')).status, 401)
    const { rows } = await database.owner.query('SELECT session_id FROM sessions WHERE user_id = $1', [
      user.id,
    ])
    assert.deepEqual(
      rows.map(({ session_id }) => session_id),
      [other.token?.split('.')[0]],
    )
  })

  test('is carried by a cookie too, among others', async () => {
    const client = await someone()
    const stranger = clientOf(app)
    assert.equal((await stranger.get('/api/v1/me', cookieOf(client))).status, 200)
    assert.equal((await stranger.get('/api/v1/me', { cookie: 'xbcn_session=1; bcn_session=' })).status, 401)
  })

  test('in a cookie changes nothing for a request from another site', async () => {
    const client = await someone()
    const stranger = clientOf(app)
    const post = { content: 'Habari', category: 'story' }
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      {},
    ]) {
      const reply = await stranger.post('/api/v1/posts', post, { ...cookieOf(client), ...headers })
      assert.deepEqual([reply.status, reply.body.code], [403, 'request.cross_site'], JSON.stringify(headers))
    }
    const out = await stranger.post('/api/v1/auth/logout', undefined, {
      ...cookieOf(client),
      origin: 'https://evil.example',
    })
    assert.deepEqual([out.status, await statusOf(client)], [403, 200])
    for (const headers of [
      { origin: 'http://localhost:80', host: 'localhost:80' },
      { 'sec-fetch-site': 'same-origin' },
    ]) {
      const reply = await stranger.post('/api/v1/posts', post, { ...cookieOf(client), ...headers })
      assert.equal(reply.status, 201, JSON.stringify(headers))
    }
  })

  test('is opened for no other site either', async () => {
    const user = await makeUser(database.owner)
    const { email, password } = user
    const reply = await clientOf(app).post(
      '/api/v1/auth/login',
      { email, password },
      { origin: 'https://evil.example' },
    )
    assert.deepEqual([reply.status, reply.headers['set-cookie']], [403, undefined])
  })

  test('is nobody’s when its token is guessed, cut, mixed or garbage', async () => {
    const [one, other] = [await someone(), await someone()]
    const [id, secret] = String(one.token).split('.') as [string, string]
    const random = randomBytes(32).toString('base64url')
    const tokens = [
      `${id}.${random}`,
      `${unknownId()}.${secret}`,
      `${id}.${other.token?.split('.')[1]}`,
      `${id}.`,
      id,
      `.${secret}`,
      `${id}.${secret}x`,
      `${id.toUpperCase()}.${secret}`,
      `${id}.${secret.slice(0, -1)}`,
      "' OR 1=1 --",
      'null',
      '%00',
      'x'.repeat(5000),
    ]
    for (const token of tokens) {
      assert.equal(await statusOf(clientOf(app, token)), 401, token.slice(0, 90))
      const reply = await clientOf(app).get('/api/v1/me', { cookie: `bcn_session=${token}` })
      assert.equal(reply.status, 401, token.slice(0, 90))
    }
    assert.equal((await clientOf(app).get('/api/v1/me', { authorization: 'Basic YTpi' })).status, 401)
    assert.equal((await clientOf(app).get('/api/v1/me', { authorization: 'Bearer' })).status, 401)
    assert.equal(await statusOf(one), 200)
  })

  test('is a stranger’s on a public page when it is over', async () => {
    const client = await someone()
    await client.post('/api/v1/auth/logout')
    assert.equal((await client.get('/api/v1/posts')).status, 200)
  })

  test('lives thirty days in the row, and no longer, also where the cache knows it', async () => {
    const client = await someone()
    clock.advance(29 * DAY)
    assert.equal(await statusOf(client), 200)
    clock.advance(1.1 * DAY)
    assert.equal(await statusOf(client), 401)
    clock.advance(-30.1 * DAY)
  })

  test('has its roles from when they begin until they end, to the second, though it is cached', async () => {
    const { owner } = database
    const user = await makeUser(owner)
    await insert(owner, 'user_roles', {
      user_id: user.id,
      role_name: 'admin',
      valid_from: new Date(clock.now().getTime() + 60_000),
      expires_at: new Date(clock.now().getTime() + 120_000),
    })
    const client = await signIn(app, user)
    const announce = async () =>
      (await client.post('/api/v1/posts', { content: 'Attention', category: 'announcement' })).status
    const answers = [await announce()]
    clock.advance(61_000)
    answers.push(await announce())
    clock.advance(60_000)
    answers.push(await announce())
    assert.deepEqual(answers, [403, 201, 403])
  })

  test('ends within a minute for who is suspended or loses a role, though the cache still knows them', async () => {
    const { owner } = database
    const [person, admin] = [await makeUser(owner), await makeUser(owner, {}, 'admin')]
    const [persons, admins] = [await signIn(app, person), await signIn(app, admin)]
    const statuses = async () => [
      (await persons.post('/api/v1/posts', { content: 'Habari', category: 'story' })).status,
      (await admins.get('/api/v1/admin/metrics')).status,
    ]
    assert.deepEqual(await statuses(), [201, 200])
    await owner.query(`UPDATE users SET status = 'suspended' WHERE user_id = $1`, [person.id])
    await owner.query('UPDATE user_roles SET revoked_at = now() WHERE user_id = $1', [admin.id])
    clock.advance(61_000)
    assert.deepEqual(await statuses(), [401, 403])
    const { value } = await app.services.cache.getSession(String(persons.token?.split('.')[0]))
    assert.equal(value, null)
    clock.advance(-61_000)
    assert.deepEqual(await statuses(), [401, 403])
  })

  test('leaves a trace when its owner signs out', async () => {
    const user = await makeUser(database.owner)
    await (await signIn(app, user)).post('/api/v1/auth/logout')
    const { rows } = await database.owner.query(
      `SELECT action, retention_class FROM audit_logs WHERE user_id = $1 ORDER BY log_id DESC LIMIT 1`,
      [user.id],
    )
    assert.deepEqual(rows, [{ action: 'identity.user_signed_out', retention_class: 'security' }])
  })

  test('moves its last activity on while it is used, every ten minutes', async () => {
    const user = await makeUser(database.owner)
    const client = await signIn(app, user)
    await database.owner.query(`UPDATE sessions SET last_activity = '2026-01-01' WHERE user_id = $1`, [
      user.id,
    ])
    for (let minute = 0; minute < 11; minute++) {
      assert.equal(await statusOf(client), 200)
      clock.advance(61_000)
    }
    const moved = async () => {
      const { rows } = await database.owner.query(
        `SELECT last_activity > '2026-01-02' AS moved FROM sessions WHERE user_id = $1`,
        [user.id],
      )
      return rows[0].moved
    }
    await statusOf(client)
    for (let wait = 0; wait < 40 && (await moved()) !== 't'; wait++) await setTimeout(50)
    assert.equal(await moved(), 't')
    clock.advance(-11 * 61_000)
  })
})
