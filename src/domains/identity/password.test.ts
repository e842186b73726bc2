import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { accepted, type Client, clientOf, signIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeUser, type TestUser, testPassword, unique } from '../../testing/factories.ts'
import { type Mailbox, openMailbox } from '../../testing/mailbox.ts'
import { deleteExpiredTokens } from './queries/tokens.ts'

type Answer = { user_id: string; token: string; code: string; errors: { pointer: string }[] }

const NEW = 'kahawa tatu na mandazi mbili'

describe('a password', () => {
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

  const login = (email: string, password: string, more = {}) =>
    stranger.post<Answer>('/api/v1/auth/login', { email, password, session: 'token', ...more })
  const ask = (email: string) => stranger.post<Answer>('/api/v1/auth/password-resets', { email })
  const complete = (token: string, new_password = NEW) =>
    stranger.post<Answer>('/api/v1/auth/password-resets/completion', { token, new_password })
  const statusOf = async (client: Client) => (await client.get('/api/v1/me')).status
  const prepared = async (user: TestUser) => {
    await ask(user.email)
    return mailbox.token(user.email)
  }

  test('is set anew by a link, which signs everybody out and lets no old password in', async () => {
    const user = await makeUser(database.owner)
    const [one, other] = [await signIn(app, user), await signIn(app, user)]
    const reply = await complete(await prepared(user))
    assert.equal(reply.status, 204, reply.text)
    assert.deepEqual([await statusOf(one), await statusOf(other)], [401, 401])
    assert.deepEqual(
      [(await login(user.email, testPassword)).status, (await login(user.email, NEW)).status],
      [401, 200],
    )
    await mailbox.about(user.email, /password was changed/)
  })

  test('reset asks the same of who has an account, who has none and who is suspended, as long', async () => {
    const [user, suspended] = [
      await makeUser(database.owner),
      await makeUser(database.owner, { status: 'suspended' }),
    ]
    const times: number[] = []
    for (const email of [user.email, 'nobody-at-all@example.com', suspended.email]) {
      const began = performance.now()
      const { status, body } = await ask(email)
      times.push(performance.now() - began)
      assert.deepEqual([status, body], [202, { status: 'mail_sent' }])
    }
    assert.ok(Math.min(...times) >= 45, String(times))
    const { rows } = await database.owner.query(
      'SELECT count(*)::int AS n FROM outgoing_messages WHERE user_id = $1',
      [suspended.id],
    )
    assert.equal(Number(rows[0].n), 0)
  })

  test('link works once, also under ten at once, and not at all once the password or the address changed', async () => {
    const user = await makeUser(database.owner)
    const token = await prepared(user)
    const replies = await Promise.all(Array.from({ length: 10 }, (_, n) => complete(token, `${NEW} ${n}`)))
    assert.equal(replies.filter(({ status }) => status === 204).length, 1)
    assert.equal((await complete(token)).body.code, 'auth.link_invalid')
    const other = await makeUser(database.owner)
    const stale = await prepared(other)
    const client = await signIn(app, other)
    assert.equal((await client.put('/api/v1/me/password', { new_password: NEW })).status, 200)
    assert.equal((await complete(stale)).body.code, 'auth.link_invalid')
  })

  test('link expires, opens nothing else, and is swept', async () => {
    const user = await makeUser(database.owner)
    const token = await prepared(user)
    const elsewhere = await stranger.post<Answer>('/api/v1/auth/email-changes/confirmation', { token })
    assert.equal(elsewhere.body.code, 'auth.link_invalid')
    await database.owner.query(
      `UPDATE auth_tokens SET created_at = now() - interval '2 hours', expires_at = now() - interval '1 second' WHERE user_id = $1`,
      [user.id],
    )
    assert.equal((await complete(token)).body.code, 'auth.link_invalid')
    await database.workerDb.transaction(null, (tx) => deleteExpiredTokens(tx, 1000))
    const { rows } = await database.owner.query('SELECT FROM auth_tokens WHERE user_id = $1', [user.id])
    assert.equal(rows.length, 0)
  })

  test('that is too weak costs neither the link nor the session', async () => {
    const user = await makeUser(database.owner)
    const token = await prepared(user)
    const weak = await complete(token, 'qwertyuiop123')
    assert.deepEqual(
      [weak.status, weak.body.code, weak.body.errors[0]?.pointer],
      [400, 'auth.password_weak', '/new_password'],
    )
    const client = await signIn(app, user)
    assert.equal(
      (await client.put<Answer>('/api/v1/me/password', { new_password: 'qwertyuiop123' })).status,
      400,
    )
    assert.equal(await statusOf(client), 200)
    assert.equal((await complete(token)).status, 204)
  })

  test('reset lifts a lock, and makes no device known that was', async () => {
    const user = await makeUser(database.owner)
    const { device } = (await login(user.email, testPassword)).body as unknown as { device: string }
    await database.owner.query(
      `UPDATE users SET failed_login_attempts = 9, locked_until = now() + interval '1 hour' WHERE user_id = $1`,
      [user.id],
    )
    assert.equal((await complete(await prepared(user))).status, 204)
    assert.equal((await login(user.email, NEW)).status, 200)
    await database.owner.query(
      `UPDATE users SET locked_until = now() + interval '1 hour' WHERE user_id = $1`,
      [user.id],
    )
    assert.equal((await login(user.email, NEW, { device })).status, 401)
  })

  test('change ends every other session, keeps this one under a new token, and is told by mail', async () => {
    const user = await makeUser(database.owner)
    const [here, there] = [await signIn(app, user), await signIn(app, user)]
    const { status, body } = await here.put<Answer>('/api/v1/me/password', { new_password: NEW })
    assert.equal(status, 200)
    assert.deepEqual(
      [await statusOf(here), await statusOf(there), await statusOf(clientOf(app, body.token))],
      [401, 401, 200],
    )
    await mailbox.about(user.email, /password was changed/)
  })

  test('change wants a recent proof', async () => {
    const user = await makeUser(database.owner)
    const client = await signIn(app, user)
    await database.owner.query(
      `UPDATE sessions SET proven_at = now() - interval '11 minutes' WHERE user_id = $1`,
      [user.id],
    )
    const reply = await client.put<Answer>('/api/v1/me/password', { new_password: NEW })
    assert.deepEqual([reply.status, reply.body.code], [403, 'auth.step_up_required'])
  })

  test('of somebody who signs in on a device that is new to them is followed by a mail, of the first by none', async () => {
    const user = await makeUser(database.owner)
    await login(user.email, testPassword)
    await login(user.email, testPassword)
    const [mail] = await mailbox.to(user.email)
    assert.match(mail!.subject, /New sign-in/)
    const { rows } = await database.owner.query(
      'SELECT count(*)::int AS n FROM outgoing_messages WHERE user_id = $1',
      [user.id],
    )
    assert.equal(Number(rows[0].n), 1)
  })

  test('the e-mail address moves by a link to the new one, the old one is told, and its links are void', async () => {
    const user = await makeUser(database.owner)
    const client = await signIn(app, user)
    const email = `${unique('moved')}@example.com`
    assert.equal(
      (await client.put<Answer>('/api/v1/me/email', { email: user.email })).body.code,
      'auth.email_same',
    )
    const reply = await client.put<Answer>('/api/v1/me/email', { email: email.toUpperCase() })
    assert.equal(reply.status, 202, reply.text)
    const reset = await prepared(user)
    const token = await mailbox.token(email)
    const confirm = () => stranger.post<Answer>('/api/v1/auth/email-changes/confirmation', { token })
    const confirmed = await Promise.all([confirm(), confirm()])
    assert.deepEqual(confirmed.map(({ status }) => status).sort(), [204, 400])
    assert.equal((await client.get<{ email: string }>('/api/v1/me')).body.email, email)
    await mailbox.about(user.email, /address was changed/)
    assert.equal((await complete(reset)).body.code, 'auth.link_invalid')
  })

  test('a new password voids a change of address that was asked for before', async () => {
    for (const change of ['reset', 'put'] as const) {
      const user = await makeUser(database.owner)
      const thief = await signIn(app, user)
      const email = `${unique('thief')}@example.com`
      await thief.put('/api/v1/me/email', { email })
      const token = await mailbox.token(email)
      if (change === 'reset') assert.equal((await complete(await prepared(user))).status, 204)
      else {
        const owner = await signIn(app, user)
        assert.equal((await owner.put('/api/v1/me/password', { new_password: NEW })).status, 200)
      }
      const confirmed = await stranger.post<Answer>('/api/v1/auth/email-changes/confirmation', { token })
      assert.equal(confirmed.body.code, 'auth.link_invalid', change)
    }
  })

  test('an address that has an account is told that somebody wants it, and who asks is not', async () => {
    const [user, owner] = [await makeUser(database.owner), await makeUser(database.owner)]
    const client = await signIn(app, user)
    const reply = await client.put<Answer>('/api/v1/me/email', { email: owner.email })
    assert.deepEqual([reply.status, reply.body], [202, { status: 'mail_sent' }])
    assert.doesNotMatch((await mailbox.to(owner.email))[0]!.text, /token=/)
  })

  test('an address that two ask for becomes one’s', async () => {
    const email = `${unique('wanted')}@example.com`
    const tokens: string[] = []
    for (let n = 1; n <= 2; n++) {
      const client = await signIn(app, await makeUser(database.owner))
      await client.put('/api/v1/me/email', { email })
      tokens.push(await mailbox.token(email, n))
    }
    const replies = await Promise.all(
      tokens.map((token) => stranger.post<Answer>('/api/v1/auth/email-changes/confirmation', { token })),
    )
    assert.deepEqual(replies.map(({ status }) => status).sort(), [204, 409])
  })

  test('no endpoint floods a mailbox', async () => {
    const user = await makeUser(database.owner)
    for (let n = 0; n < 12; n++) {
      await ask(user.email)
      await stranger.post('/api/v1/auth/register', {
        email: user.email,
        password: NEW,
        full_name: 'Somebody',
        accepted,
      })
    }
    const { rows } = await database.owner.query(
      'SELECT count(*)::int AS n FROM outgoing_messages WHERE user_id = $1',
      [user.id],
    )
    assert.ok(Number(rows[0].n) <= 5, rows[0].n)
  })
})

test('a change of address whose mail waits until there is a new password is not mailed', async () => {
  const database = await createTestDatabase()
  const app = await startApp(database)
  const user = await makeUser(database.owner)
  const [thief, owner] = [await signIn(app, user), await signIn(app, user)]
  await thief.put('/api/v1/me/email', { email: `${unique('thief')}@example.com` })
  await owner.put('/api/v1/me/password', { new_password: NEW })
  const mailbox = await openMailbox(app)
  const status = async () => {
    const { rows } = await database.owner.query(
      `SELECT status FROM outgoing_messages WHERE user_id = $1 AND template = 'email_change_confirm'`,
      [user.id],
    )
    return rows.map((row) => row.status).join()
  }
  for (let waited = 0; waited < 15_000 && (await status()) === 'queued'; waited += 50) await sleep(50)
  assert.equal(await status(), 'suppressed')
  await mailbox.stop()
  await app.close()
  await database.close()
})
