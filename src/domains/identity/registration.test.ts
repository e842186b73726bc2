import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { networkOf } from '../../platform/http/index.ts'
import { type Client, clientOf, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { testPassword, unique } from '../../testing/factories.ts'

type SignedIn = { user_id: string; token?: string }
type Me = {
  user_id: string
  email: string
  username: string
  full_name: string
  roles: { role_name: string }[]
}

describe('registration', () => {
  let database: TestDatabase
  let app: TestApp
  let stranger: Client
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    stranger = clientOf(app)
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const person = (values: Record<string, string> = {}) => {
    const username = unique('amina')
    const session = 'token'
    return {
      email: `${username}@example.com`,
      password: testPassword,
      full_name: 'Amina',
      username,
      session,
      ...values,
    }
  }
  const register = (body: unknown) => stranger.post<SignedIn>('/api/v1/auth/register', body)
  const count = async (where: string, value: string) => {
    const { rows } = await database.owner.query(`SELECT count(*)::int AS n FROM users WHERE ${where}`, [
      value,
    ])
    return Number(rows[0].n)
  }

  test('makes a member with profile and settings, who is signed in at once', async () => {
    const amina = person({ full_name: '  Amina Wanjiru  ' })
    const reply = await register({ ...amina, email: amina.email.toUpperCase() })
    assert.equal(reply.status, 201)
    assert.equal(reply.headers['cache-control'], 'no-store')
    const me = await clientOf(app, reply.body.token).get<Me>('/api/v1/me')
    const { user_id, email, username, full_name, roles } = me.body
    assert.deepEqual(
      { user_id, email, username, full_name, roles: roles.map(({ role_name }) => role_name) },
      {
        user_id: reply.body.user_id,
        email: amina.email,
        username: amina.username,
        full_name: 'Amina Wanjiru',
        roles: ['member'],
      },
    )
    const { rows } = await database.owner.query(
      'SELECT action, retention_class FROM audit_logs WHERE entity_id = $1',
      [user_id],
    )
    assert.deepEqual(rows, [{ action: 'identity.user_registered', retention_class: 'security' }])
  })

  test('keeps the password as an argon2id hash, and the session as a hash of its secret', async () => {
    const { body } = await register(person())
    const kept = await database.owner.query<{ text: string }>(
      'SELECT u.password_hash || s.token_hash AS text FROM users u JOIN sessions s USING (user_id) WHERE user_id = $1',
      [body.user_id],
    )
    const text = kept.rows[0]?.text ?? ''
    assert.match(text, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    assert.ok(!text.includes(testPassword) && !text.includes(String(body.token).split('.')[1]!))
  })

  test('gives a browser a cookie that no script reads, and never the token', async () => {
    const { session: _, ...browser } = person()
    const reply = await register(browser)
    assert.equal(reply.body.token, undefined)
    assert.match(
      String(reply.headers['set-cookie']),
      /^bcn_session=[\w.-]+; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Lax$/,
    )
  })

  test('takes an e-mail address once, whatever its case', async () => {
    const amina = person()
    assert.equal((await register(amina)).status, 201)
    const again = await stranger.post<{ code: string; errors: { pointer: string }[] }>(
      '/api/v1/auth/register',
      person({ email: amina.email.replace('amina', 'AMINA') }),
    )
    assert.deepEqual([again.status, again.body.code], [409, 'auth.email_taken'])
    assert.equal(again.body.errors[0]?.pointer, '/email')
  })

  test('takes a username once, whatever its case', async () => {
    const amina = person()
    assert.equal((await register(amina)).status, 201)
    for (const username of [amina.username, amina.username.toUpperCase()]) {
      const again = await register(person({ username }))
      assert.deepEqual([again.status, (again.body as { code?: string }).code], [409, 'auth.username_taken'])
    }
  })

  test('refuses what cannot be an account, and names the field', async () => {
    for (const [field, value] of [
      ['email', 'no-at.example.com'],
      ['email', 'a b@example.com'],
      ['email', `${'x'.repeat(250)}@example.com`],
      ['email', 'a@b'],
      ['username', 'ab'],
      ['username', 'amina@home'],
      ['username', 'ämina'],
      ['password', 'too short'],
      ['password', 'x'.repeat(201)],
      ['full_name', '   '],
      ['full_name', ''],
      ['session', 'forever'],
      ['role', 'admin'],
    ]) {
      const reply = await stranger.post<{ errors: { pointer: string }[] }>(
        '/api/v1/auth/register',
        person({ [field!]: value! }),
      )
      assert.equal(reply.status, 400, `${field}: ${value}`)
      assert.equal(reply.body.errors[0]?.pointer, `/${field}`, `${field}: ${value}`)
    }
  })

  test('of two hundred different people at once gives each an account', async () => {
    const replies = await Promise.all(
      Array.from({ length: 200 }, () => register(person({ full_name: 'Crowd' }))),
    )
    assert.deepEqual([...new Set(replies.map(({ status }) => status))], [201])
    assert.equal(new Set(replies.map(({ body }) => body.user_id)).size, 200)
    assert.equal(await count('full_name = $1', 'Crowd'), 200)
  })

  test('of fifty at once with the same e-mail leaves one account', async () => {
    const { email } = person()
    const replies = await Promise.all(Array.from({ length: 50 }, () => register(person({ email }))))
    const statuses = replies.map(({ status }) => status)
    assert.equal(statuses.filter((status) => status === 201).length, 1)
    assert.equal(statuses.filter((status) => status === 409).length, 49)
    assert.equal(await count('email = $1', email), 1)
  })

  test('is slowed down per network, and says for how long', async () => {
    const network = await startApp(database)
    const hour = { max: 1000, windowSeconds: 3600 }
    for (let n = 0; n < hour.max; n++) {
      await network.services.cache.limit(`ratelimit:register:${networkOf('127.0.0.1')}`, hour)
    }
    const { status, body, headers } = await clientOf(network).post('/api/v1/auth/register', person())
    assert.deepEqual([status, body.code], [429, 'auth.too_many_attempts'])
    assert.ok(Number(headers['retry-after']) > 3500)
    await network.close()
  })

  test('takes no name or address that would disguise itself or break a line where it is shown', async () => {
    const email = () => `${unique('odd')}@example.com`
    for (const full_name of [
      'Amina\nBcc: all',
      'Amina \u202eanimA',
      'Amina\u001b[31m',
      'A\u2066mina',
      '\u200b\u200b',
      '\u00ad',
    ])
      assert.equal(
        (await register(person({ email: email(), full_name }))).status,
        400,
        JSON.stringify(full_name),
      )
    for (const odd of [
      'a\u0001b@example.com',
      'a\u200bb@example.com',
      'a\u202eb@example.com',
      'a\u007f@example.com',
    ])
      assert.equal(
        (await register(person({ email: odd, full_name: 'Amina' }))).status,
        400,
        JSON.stringify(odd),
      )
    for (const full_name of [
      "Ng'ang'a wa Thiong'o",
      'Àṣẹ Ọládélé',
      'ⵎⴰⵙⵉⵏ',
      'አበበ ቢቂላ',
      'محمد عبد\u200cالله',
      'X',
    ])
      assert.equal(
        (await register(person({ email: email(), full_name }))).status,
        201,
        JSON.stringify(full_name),
      )
  })
})
