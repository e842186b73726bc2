import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { totpCode } from '../../platform/crypto/totp.ts'
import { type Client, clientOf, signIn, startApp, type TestApp } from '../../testing/client.ts'
import { fixedClock } from '../../testing/clock.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeUser, type TestUser, testPassword } from '../../testing/factories.ts'

type SignedIn = { user_id: string; token: string }
type Wanted = { second_factor: { ticket: string; methods: string[] } }
type Enabled = { recovery_codes: string[]; session: SignedIn }
type Problem = { code: string }

const STEP_MS = 30_000

describe('a second factor', () => {
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

  /** Someone whose authenticator app is in use, its secret, their codes and their session. */
  async function protectedUser() {
    toDatabaseTime()
    const user = await makeUser(database.owner)
    const client = await signIn(app, user)
    const begun = await client.post<{ secret: string; uri: string; qr_svg: string }>('/api/v1/me/totp')
    assert.equal(begun.status, 201, begun.text)
    const { secret, uri, qr_svg } = begun.body
    assert.match(uri, /^otpauth:\/\/totp\/Brand%20Coach%20Network:/)
    assert.match(qr_svg, /^<svg/)
    const enabled = await client.post<Enabled>('/api/v1/me/totp/confirmation', { code: codeOf(secret) })
    assert.equal(enabled.status, 200, enabled.text)
    const { recovery_codes, session } = enabled.body
    clock.advance(2 * STEP_MS) // the code that confirmed is taken
    return { user, secret, codes: recovery_codes, old: client, client: clientOf(app, session.token) }
  }
  /** Proofs are dated by the database. */
  const toDatabaseTime = () => clock.advance(Date.now() - clock.now().getTime())
  const codeOf = (secret: string, steps = 0) =>
    totpCode(secret, new Date(clock.now().getTime() + steps * STEP_MS))
  const password = async ({ email }: TestUser) => {
    const reply = await stranger.post<Wanted>('/api/v1/auth/login', {
      email,
      password: testPassword,
      session: 'token',
    })
    assert.equal(reply.status, 202, reply.text)
    assert.equal(reply.headers['set-cookie'], undefined)
    return reply.body.second_factor
  }
  const finish = (ticket: string, proof: Record<string, string>) =>
    stranger.post<SignedIn & Problem>('/api/v1/auth/second-factor', { ticket, ...proof })

  test('turns a right password into a ticket, and the ticket with a code into a session', async () => {
    const { user, secret } = await protectedUser()
    const { ticket, methods } = await password(user)
    assert.deepEqual(methods, ['totp', 'recovery_code'])
    assert.equal((await clientOf(app, ticket).get('/api/v1/me')).status, 401)
    const reply = await finish(ticket, { totp: codeOf(secret) })
    assert.deepEqual([reply.status, reply.body.user_id], [200, user.id])
    assert.equal((await clientOf(app, reply.body.token).get('/api/v1/me')).status, 200)
    assert.deepEqual([(await finish(ticket, { totp: codeOf(secret) })).body.code], ['auth.ticket_invalid'])
  })

  test('is asked for only after a password that is right', async () => {
    const { user } = await protectedUser()
    const reply = await stranger.post<Problem>('/api/v1/auth/login', {
      email: user.email,
      password: 'wrong one',
    })
    assert.deepEqual([reply.status, reply.body.code], [401, 'auth.invalid_credentials'])
  })

  test('takes the code of one step before and after, and none farther away', async () => {
    const { user, secret } = await protectedUser()
    for (const [steps, status] of [
      [-2, 401],
      [2, 401],
      [-1, 200],
      [0, 200],
      [1, 200],
    ] as const) {
      const { ticket } = await password(user)
      assert.equal((await finish(ticket, { totp: codeOf(secret, steps) })).status, status, String(steps))
    }
  })

  test('takes a code once: not again, not an older one, and of ten at once one', async () => {
    const { user, secret } = await protectedUser()
    const code = codeOf(secret)
    const tickets = []
    for (let n = 0; n < 10; n++) tickets.push((await password(user)).ticket)
    const replies = await Promise.all(tickets.map((ticket) => finish(ticket, { totp: code })))
    assert.equal(replies.filter(({ status }) => status === 200).length, 1)
    const older = await finish((await unlocked(user)).ticket, { totp: codeOf(secret, -1) })
    assert.deepEqual([older.status, older.body.code], [401, 'auth.second_factor_wrong'])
  })

  /** Ten refusals at once have locked the account. */
  async function unlocked(user: TestUser) {
    await database.owner.query(
      'UPDATE users SET locked_until = NULL, failed_login_attempts = 0 WHERE user_id = $1',
      [user.id],
    )
    return password(user)
  }

  test('can be a recovery code, each once, however it is written; of ten at once one', async () => {
    const { user, codes, client } = await protectedUser()
    assert.equal(new Set(codes).size, 10)
    const [first, second] = codes as [string, string]
    const { ticket } = await password(user)
    for (const code of codes) assert.match(code, /^([0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}$/)
    const reply = await finish(ticket, { recovery_code: first.toLowerCase().replaceAll('-', ' ') })
    assert.equal(reply.status, 200, reply.text)
    const again = await finish((await password(user)).ticket, { recovery_code: first })
    assert.equal(again.body.code, 'auth.second_factor_wrong')
    const tickets = []
    for (let n = 0; n < 10; n++) tickets.push((await unlocked(user)).ticket)
    const replies = await Promise.all(tickets.map((one) => finish(one, { recovery_code: second })))
    assert.equal(replies.filter(({ status }) => status === 200).length, 1)
    const { body } = await client.get<{ recovery_codes_left: number }>('/api/v1/me/factors')
    assert.equal(body.recovery_codes_left, 8)
  })

  test('is guessed at five times a ticket, and wrong codes lock the account as wrong passwords do', async () => {
    const { user, secret } = await protectedUser()
    const { ticket } = await password(user)
    for (let n = 0; n < 5; n++)
      assert.equal((await finish(ticket, { totp: '000000' })).body.code, 'auth.second_factor_wrong')
    assert.equal((await finish(ticket, { totp: codeOf(secret) })).body.code, 'auth.ticket_invalid')
    const { email } = user
    const reply = await stranger.post<Problem>('/api/v1/auth/login', { email, password: testPassword })
    assert.deepEqual([reply.status, reply.body.code], [401, 'auth.invalid_credentials'])
  })

  test('lets nobody in who was suspended after the password, not even when that is over', async () => {
    const { user, secret } = await protectedUser()
    const { ticket } = await password(user)
    const status = (to: string) =>
      database.owner.query('UPDATE users SET status = $2 WHERE user_id = $1', [user.id, to])
    await status('suspended')
    await database.owner.query('DELETE FROM sessions WHERE user_id = $1', [user.id])
    const reply = await finish(ticket, { totp: codeOf(secret) })
    assert.deepEqual([reply.status, reply.body.code], [403, 'auth.account_inactive'])
    await status('active')
    const { rows } = await database.owner.query('SELECT FROM sessions WHERE user_id = $1', [user.id])
    assert.equal(rows.length, 0)
  })

  test('is guessed at twenty times in ten minutes, however many tickets were collected', async () => {
    const { user, secret } = await protectedUser()
    const tickets = []
    for (let n = 0; n < 7; n++) tickets.push((await password(user)).ticket)
    const guesses = tickets.flatMap((ticket) => [1, 2, 3, 4].map(() => finish(ticket, { totp: '000000' })))
    const codes = (await Promise.all(guesses)).map(({ body }) => body.code)
    assert.equal(codes.filter((code) => code === 'auth.second_factor_wrong').length, 20)
    assert.equal(codes.filter((code) => code === 'auth.too_many_attempts').length, 8)
    const late = await finish(tickets[0]!, { totp: codeOf(secret) })
    assert.deepEqual([late.status, late.body.code], [429, 'auth.too_many_attempts'])
  })

  test('signs every other device out when it comes, and the device itself gets a new token', async () => {
    const { old, client } = await protectedUser()
    assert.equal((await old.get('/api/v1/me')).status, 401)
    assert.equal((await client.get('/api/v1/me')).status, 200)
  })

  test('is begun again until it is confirmed, and not replaced while in use', async () => {
    const client = await signIn(app, await makeUser(database.owner))
    const none = await client.post<Problem>('/api/v1/me/totp/confirmation', { code: '000000' })
    assert.deepEqual([none.status, none.body.code], [409, 'totp.not_begun'])
    const first = await client.post<{ secret: string }>('/api/v1/me/totp')
    const second = await client.post<{ secret: string }>('/api/v1/me/totp')
    const confirm = (secret: string) =>
      client.post<Enabled & Problem>('/api/v1/me/totp/confirmation', { code: codeOf(secret) })
    const wrong = await confirm(first.body.secret)
    assert.deepEqual([wrong.status, wrong.body.code], [400, 'totp.code_wrong'])
    const right = await confirm(second.body.secret)
    assert.equal(right.status, 200)
    const now = clientOf(app, right.body.session.token)
    assert.equal((await now.post<Problem>('/api/v1/me/totp')).body.code, 'totp.enabled')
  })

  test('goes, and its recovery codes with it; sign-in then asks for the password alone', async () => {
    const { user, client } = await protectedUser()
    const reply = await client.delete<SignedIn>('/api/v1/me/totp')
    assert.equal(reply.status, 200, reply.text)
    const { body } = await clientOf(app, reply.body.token).get('/api/v1/me/factors')
    assert.deepEqual(body, {
      has_password: true,
      passkeys: 0,
      two_factor_enabled: false,
      totp_enabled: false,
      recovery_codes_left: 0,
    })
    await signIn(app, user)
  })

  test('and its changes want a recent proof', async () => {
    const { client, secret } = await protectedUser()
    clock.advance(11 * 60_000)
    for (const attempt of [
      () => client.post<Problem>('/api/v1/me/totp'),
      () => client.delete<Problem>('/api/v1/me/totp'),
      () => client.post<Problem>('/api/v1/me/recovery-codes'),
    ]) {
      const reply = await attempt()
      assert.deepEqual([reply.status, reply.body.code], [403, 'auth.step_up_required'])
    }
    const proven = await client.post<SignedIn>('/api/v1/auth/step-up', { totp: codeOf(secret) })
    assert.equal(proven.status, 200, proven.text)
    toDatabaseTime()
    assert.equal(
      (await client.get('/api/v1/me')).status,
      401,
      'the token before the proof is worth nothing after it',
    )
    const renewed = await clientOf(app, proven.body.token).post<{ recovery_codes: string[] }>(
      '/api/v1/me/recovery-codes',
    )
    assert.equal(renewed.status, 201, renewed.text)
    assert.equal(renewed.body.recovery_codes.length, 10)
  })

  test('is sealed in the database, and no secret or hash shows in any reply', async () => {
    const { user, secret, client } = await protectedUser()
    const { rows } = await database.owner.query<{ all: string }>(
      `SELECT row_to_json(u)::text || (SELECT json_agg(r)::text FROM recovery_codes r WHERE r.user_id = u.user_id) AS all
       FROM users u WHERE user_id = $1`,
      [user.id],
    )
    assert.ok(!rows[0]!.all.includes(secret))
    for (const url of ['/api/v1/me', '/api/v1/me/factors', '/api/v1/me/sessions', '/api/v1/auth/session']) {
      assert.ok(!(await client.get(url)).text.includes(secret), url)
    }
  })
})
