import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { accepted, type Client, clientOf, signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeUser, testPassword, unique } from '../../testing/factories.ts'
import { type Mailbox, openMailbox } from '../../testing/mailbox.ts'
import { deletePendingUsers } from './queries/accounts.ts'

type Answer = { user_id: string; token: string; code: string; errors: { pointer: string; code: string }[] }
type Me = { email: string; email_verified: boolean; full_name: string; roles: { role_name: string }[] }

describe('registration', () => {
  let database: TestDatabase
  let app: TestApp
  let mailbox: Mailbox
  let stranger: Client
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    mailbox = await openMailbox(app)
    stranger = clientOf(app)
  })
  after(async () => {
    await mailbox.stop()
    await app.close()
    await database.close()
  })

  const person = (values: Record<string, unknown> = {}) => {
    const username = unique('amina')
    return {
      email: `${username}@example.com`,
      password: testPassword,
      full_name: 'Amina',
      username,
      accepted,
      ...values,
    }
  }
  const register = (body: unknown) => stranger.post<Answer>('/api/v1/auth/register', body)
  const verify = (token: string, password = testPassword) =>
    stranger.post<Answer>('/api/v1/auth/email-verifications', { token, password, session: 'token' })
  const signIn = (email: string, password = testPassword) =>
    stranger.post<Answer>('/api/v1/auth/login', { email, password, session: 'token' })
  const count = async (where: string, value: string) => {
    const { rows } = await database.owner.query(`SELECT count(*)::int AS n FROM users WHERE ${where}`, [
      value,
    ])
    return Number(rows[0].n)
  }

  test('sends a link; the link and the password open the account, which is a member’s', async () => {
    const amina = person({ full_name: '  Amina Wanjiru  ' })
    const reply = await register({ ...amina, email: amina.email.toUpperCase() })
    assert.deepEqual([reply.status, reply.body], [202, { status: 'mail_sent' }])
    assert.equal(reply.headers['set-cookie'], undefined)
    const early = await signIn(amina.email)
    assert.deepEqual([early.status, early.body.code], [401, 'auth.invalid_credentials'])
    const opened = await verify(await mailbox.token(amina.email))
    assert.equal(opened.status, 200, opened.text)
    const { body } = await clientOf(app, opened.body.token).get<Me>('/api/v1/me')
    assert.deepEqual(
      [body.email, body.email_verified, body.full_name, body.roles.map(({ role_name }) => role_name)],
      [amina.email, true, 'Amina Wanjiru', ['member']],
    )
    assert.equal((await signIn(amina.email)).status, 200)
    const { rows } = await database.owner.query(
      'SELECT action FROM audit_logs WHERE entity_id = $1 ORDER BY log_id',
      [opened.body.user_id],
    )
    assert.deepEqual(
      rows.map(({ action }) => action),
      [
        'identity.user_registered',
        'identity.sign_in_refused',
        'identity.email_verified',
        'identity.user_signed_in',
        'identity.user_signed_in',
      ],
    )
  })

  test('writes in the language that was chosen', async () => {
    const amina = person({ language: 'sw' })
    await register(amina)
    assert.match((await mailbox.to(amina.email))[0]!.subject, /Thibitisha/)
  })

  test('keeps the password as an argon2id hash, and of the link a hash', async () => {
    const amina = person()
    await register(amina)
    const token = await mailbox.token(amina.email)
    const { rows } = await database.owner.query<{ text: string }>(
      `SELECT (SELECT password_hash FROM users WHERE email = $1)
         || (SELECT string_agg(t::text, '') FROM auth_tokens t)
         || (SELECT string_agg(m::text, '') FROM outgoing_messages m)
         || (SELECT coalesce(string_agg(j.payload::text, ''), '') FROM graphile_worker._private_jobs j) AS text`,
      [amina.email],
    )
    const { text } = rows[0]!
    assert.match(text, /\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    for (const secret of [testPassword, token, amina.email]) assert.ok(!text.includes(secret), secret)
  })

  test('says the same of an address that has an account, and tells its owner by mail', async () => {
    const owner = await makeUser(database.owner)
    const reply = await register(person({ email: owner.email.toUpperCase() }))
    assert.deepEqual([reply.status, reply.body], [202, { status: 'mail_sent' }])
    const [mail] = await mailbox.to(owner.email)
    assert.doesNotMatch(mail!.text, /token=/)
    const { rows } = await database.owner.query(
      'SELECT full_name, password_hash FROM users WHERE user_id = $1',
      [owner.id],
    )
    assert.deepEqual(rows[0], { full_name: owner.row.full_name, password_hash: owner.row.password_hash })
  })

  test('takes as long for an address that has an account as for a new one', async () => {
    const owner = await makeUser(database.owner)
    const took = async (email: () => string) => {
      const times = []
      for (let n = 0; n < 7; n++) {
        const began = performance.now()
        await register(person({ email: email() }))
        times.push(performance.now() - began)
      }
      return times.sort((a, b) => a - b)[3]!
    }
    const [known, fresh] = [await took(() => owner.email), await took(() => `${unique('new')}@example.com`)]
    assert.ok(Math.min(known, fresh) > 140, `${known} and ${fresh} ms`)
  })

  test('of somebody else’s address gives nothing: the link wants the password of the last who registered it', async () => {
    const victim = person()
    await register(person({ email: victim.email, password: 'what a stranger has chosen' }))
    const first = await mailbox.token(victim.email)
    await register(victim)
    const second = await mailbox.token(victim.email, 2)
    assert.equal((await verify(second, 'what a stranger has chosen')).body.code, 'auth.invalid_credentials')
    assert.equal(
      (await verify(first)).status,
      200,
      'whichever link is opened, by who has mailbox and password',
    )
    assert.equal((await verify(second)).body.code, 'auth.link_invalid')
  })

  test('leaves a link that is tried with wrong passwords worthless, and a link works once under twenty at once', async () => {
    const [amina, kwame] = [person(), person()]
    await register(amina)
    await register(kwame)
    const [hers, his] = [await mailbox.token(amina.email), await mailbox.token(kwame.email)]
    for (let n = 0; n < 5; n++) assert.equal((await verify(hers, 'a wrong guess')).status, 401)
    assert.equal((await verify(hers)).body.code, 'auth.link_invalid')
    const replies = await Promise.all(Array.from({ length: 4 }, () => verify(his)))
    assert.equal(replies.filter(({ status }) => status === 200).length, 1)
    assert.equal((await verify('x'.repeat(43))).body.code, 'auth.link_invalid')
  })

  test('sends the link again to who asks or signs in, and the same answer to who has none', async () => {
    const amina = person()
    await register(amina)
    await mailbox.to(amina.email)
    const ask = (email: string) => stranger.post<Answer>('/api/v1/auth/verification-mails', { email })
    const [known, unknown] = [await ask(amina.email), await ask('nobody-at-all@example.com')]
    assert.deepEqual([known.status, known.body], [unknown.status, unknown.body])
    assert.equal((await verify(await mailbox.token(amina.email, 2))).status, 200)
  })

  test('leaves nothing behind that tells whether the address had an account: no sign-in, no name that is taken', async () => {
    const owner = await makeUser(database.owner)
    const seen = []
    for (const email of [owner.email, `${unique('new')}@example.com`]) {
      const tried = person({ email, password: 'chosen by who wonders about it' })
      await register(tried)
      const { username, password } = tried
      const byName = await stranger.post<Answer>('/api/v1/auth/login', { username, password })
      const attempts = [await signIn(email, password), byName]
      const other = person({ username: tried.username.toUpperCase() })
      const together = await Promise.all([register(other), register(person({ username: tried.username }))])
      seen.push([...attempts, ...together].map(({ status, body }) => [status, body.code]))
    }
    assert.deepEqual(seen[0], seen[1])
    assert.deepEqual(
      seen[0]!.map(([status]) => status),
      [401, 401, 202, 202],
    )
  })

  test('gives a name that several wait with to the last of them, and to nobody once an account is open', async () => {
    const [first, last] = [person(), person()]
    await register(first)
    await register({ ...last, username: first.username })
    const nameOf = async ({ email }: { email: string }) => {
      const opened = await verify(await mailbox.token(email))
      const me = await clientOf(app, opened.body.token).get<{ username: string | null }>('/api/v1/me')
      return me.body.username
    }
    assert.deepEqual([await nameOf(first), await nameOf(last)], [null, first.username])
    assert.equal((await register(person({ username: first.username }))).body.code, 'auth.username_taken')
  })

  test('takes a username once, whatever its case, and says so before the address counts for anything', async () => {
    const amina = person()
    await register(amina)
    await verify(await mailbox.token(amina.email))
    const owner = await makeUser(database.owner)
    for (const email of [owner.email, `${unique('new')}@example.com`]) {
      for (const username of [amina.username, amina.username.toUpperCase()]) {
        const again = await register(person({ username, email }))
        assert.deepEqual([again.status, again.body.code], [409, 'auth.username_taken'])
      }
    }
  })

  test('refuses passwords that are easy to guess, also for who knows their owner, and says what is weak', async () => {
    for (const [password, code] of [
      ['password123456', 'common'],
      ['aaaaaaaaaaaaaaaa', 'repeated_character'],
      ['zawadi.kipchoge', 'personal'],
    ] as const) {
      const reply = await register(person({ password, full_name: 'Zawadi Kipchoge' }))
      assert.deepEqual([reply.status, reply.body.code], [400, 'auth.password_weak'], password)
      assert.equal(reply.body.errors[0]?.pointer, '/password')
      assert.match(String(reply.body.errors[0]?.code), /^[a-z_]+$/, code)
    }
    const rated = await stranger.post<{ score: number; strong: boolean }>('/api/v1/auth/password-strength', {
      password: testPassword,
    })
    assert.equal(rated.body.strong, true)
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
      ['language', 'de'],
      ['role', 'admin'],
      ['email_verified', 'true'],
      ['status', 'active'],
    ]) {
      const reply = await register(person({ [field!]: value! }))
      assert.equal(reply.status, 400, `${field}: ${value}`)
      assert.equal(reply.body.errors[0]?.pointer, `/${field}`, `${field}: ${value}`)
    }
  })

  test('of sixty different people at once gives each an account', async () => {
    const replies = await Promise.all(
      Array.from({ length: 60 }, () => register(person({ full_name: 'Crowd' }))),
    )
    assert.deepEqual([...new Set(replies.map(({ status }) => status))], [202])
    assert.equal(await count('full_name = $1', 'Crowd'), 60)
  })

  test('of thirty at once with the same e-mail leaves one account, and tells none of them', async () => {
    const { email } = person()
    const replies = await Promise.all(Array.from({ length: 30 }, () => register(person({ email }))))
    assert.deepEqual([...new Set(replies.map(({ status }) => status))], [202])
    assert.equal(await count('email = $1', email), 1)
    assert.ok((await mailbox.to(email)).length <= 5, 'and floods no mailbox')
  })

  test('that nobody verifies is gone after a week, and no other account is', async () => {
    const [old, young] = [person(), person()]
    await register(old)
    await register(young)
    const active = await makeUser(database.owner)
    await database.owner.query(
      `UPDATE users SET created_at = now() - interval '8 days' WHERE email = $1 OR user_id = $2`,
      [old.email, active.id],
    )
    await database.workerDb.transaction(null, (tx) => deletePendingUsers(tx, 1000))
    assert.deepEqual([await count('email = $1', old.email), await count('email = $1', young.email)], [0, 1])
    assert.equal(await count('user_id = $1', active.id), 1)
  })

  test('is slowed down per network, and says for how long', async () => {
    const network = await startApp(database)
    const hour = { max: 1000, windowSeconds: 3600 }
    for (let n = 0; n < hour.max; n++) {
      await network.services.cache.limit('limit:registration:127.0.0.1', hour)
    }
    const { status, body, headers } = await clientOf(network).post('/api/v1/auth/register', person())
    assert.deepEqual([status, body.code], [429, 'request.too_many'])
    assert.ok(Number(headers['retry-after']) > 3500)
    await network.close()
  })

  test('is closed while staff say so', async () => {
    const admin = await signedIn(app, await makeUser(database.owner, {}, 'admin'))
    const open = async (value: boolean) => {
      const reply = await admin.put('/api/v1/admin/settings/platform.registration_open', { value })
      assert.equal(reply.status, 200, reply.text)
    }
    await open(false)
    const reply = await register(person())
    assert.deepEqual([reply.status, reply.body.code], [403, 'auth.registration_closed'])
    await open(true)
    assert.equal((await register(person())).status, 202)
  })

  test('takes no name or address that would disguise itself or break a line where it is shown', async () => {
    const odd = (full_name: string, email = `${unique('odd')}@example.com`) =>
      register(person({ email, full_name, username: unique('odd') }))
    for (const full_name of [
      'Amina\nBcc: all',
      'Amina \u202eanimA',
      'Amina\u001b[31m',
      'A\u2066mina',
      '\u200b\u200b',
      '\u00ad',
    ])
      assert.equal((await odd(full_name)).status, 400, JSON.stringify(full_name))
    for (const email of [
      'a\u0001b@example.com',
      'a\u200bb@example.com',
      'a\u202eb@example.com',
      'a\u007f@example.com',
      '<a@example.com>',
      'b<a@example.com>',
      'b,a@example.com',
      '"b"@example.com',
      'a@example.com,b.com',
      'a@example.com.',
      'a@example..com',
      'a@[127.0.0.1]',
    ])
      assert.equal((await odd('Amina', email)).status, 400, JSON.stringify(email))
    for (const full_name of [
      "Ng'ang'a wa Thiong'o",
      'Àṣẹ Ọládélé',
      'ⵎⴰⵙⵉⵏ',
      'አበበ ቢቂላ',
      'محمد عبد\u200cالله',
      'X',
    ])
      assert.equal((await odd(full_name)).status, 202, JSON.stringify(full_name))
  })
})
