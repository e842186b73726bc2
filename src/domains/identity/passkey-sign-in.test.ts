import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { type Authenticator, createAuthenticator, type Lies } from '../../testing/authenticator.ts'
import { type Client, clientOf, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { type TestUser, testPassword } from '../../testing/factories.ts'
import { passkeyHolder, testOrigin } from '../../testing/passkeys.ts'

type Request = Parameters<Authenticator['get']>[0]
type Response = ReturnType<Authenticator['get']>
type Session = { user_id: string; token: string; code?: string }
type Wanted = { second_factor: { ticket: string; methods: string[]; passkey: Request } }

describe('signing in with a passkey', () => {
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

  const holder = (device?: Authenticator) =>
    passkeyHolder(app, database.owner, device === undefined ? {} : { device })
  const challenge = async () => (await stranger.post<Request>('/api/v1/auth/passkey-challenges')).body
  const enter = (passkey: Response) =>
    stranger.post<Session>('/api/v1/auth/passkey', { passkey, session: 'token' })
  const enterWith = async (device: Authenticator, lies: Lies = {}) =>
    enter(device.get(await challenge(), lies))
  const refused = ({ status, body }: { status: number; body: { code?: string } }, why = '') =>
    assert.deepEqual([status, body.code], [401, 'auth.passkey_refused'], why)
  const statusOf = async (token: string) => (await clientOf(app, token).get('/api/v1/me')).status

  test('needs neither a name nor a second factor, and opens a session of its own', async () => {
    const { user, device, client } = await holder()
    const reply = await enterWith(device)
    assert.deepEqual([reply.status, reply.body.user_id], [200, user.id])
    assert.equal(await statusOf(reply.body.token), 200)
    const { body } = await client.get<{ items: { last_used_at: string | null }[] }>('/api/v1/me/passkeys')
    assert.ok(body.items[0]?.last_used_at)
  })

  test('leads who is leaving to the way back, and to nothing else', async () => {
    const { user, device, client } = await holder()
    assert.equal((await client.post('/api/v1/me/erasure', { public_writing: 'stays' })).status, 202)
    const { status, body } = await enterWith(device)
    assert.deepEqual([status, body.code], [403, 'auth.account_leaving'])
    const { rows } = await database.owner.query(
      `SELECT count(*)::text AS n FROM outgoing_messages WHERE user_id = $1 AND template = 'account_leaving'`,
      [user.id],
    )
    assert.equal(rows[0].n, '2')
  })

  test('gives a browser a new session, whatever it held before', async () => {
    const { device, client } = await holder()
    const headers = { cookie: `bcn_session=${client.token}`, 'sec-fetch-site': 'same-origin' }
    const passkey = device.get(await challenge())
    const reply = await stranger.post<Session>('/api/v1/auth/passkey', { passkey }, headers)
    assert.deepEqual([reply.status, reply.body.token], [200, undefined])
    const cookies = String(reply.headers['set-cookie'])
    assert.match(cookies, /bcn_session=[^;]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax/)
    assert.ok(!cookies.includes(client.token!))
  })

  test('takes an answer once: not again, and of two at once one', async () => {
    const { device } = await holder()
    const response = device.get(await challenge())
    const replies = await Promise.all([enter(response), enter(response)])
    assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 401])
    refused(await enter(response))
  })

  test('takes an answer to a challenge of ours, made for this, and not too old', async () => {
    const { device, client } = await holder()
    const asked = await challenge()
    refused(await enter(device.get(asked, { challenge: 'A'.repeat(43) })), 'made up')
    const stepUp = await client.post<Request>('/api/v1/auth/step-up/passkey-challenges')
    refused(await enter(device.get(stepUp.body)), 'made for something else')
    const old = device.get(asked)
    await database.owner.query(
      `UPDATE auth_tokens SET created_at = now() - interval '6 minutes', expires_at = now() - interval '1 second'`,
    )
    refused(await enter(old), 'too old')
  })

  test('refuses what was answered elsewhere, without the person, by another key or for another person', async () => {
    const { device } = await holder()
    const other = await holder()
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const lies: Lies[] = [
      { origin: 'https://evil.example' },
      { origin: 'http://localhost' },
      { rpId: 'evil.example' },
      { type: 'webauthn.create' },
      { crossOrigin: true },
      { userVerified: false },
      { userPresent: false },
      { signedBy: privateKey },
      { signedBy: other.device.keys[0]!.privateKey },
      { userHandle: other.device.keys[0]!.userHandle },
      { userHandle: 'AAAA' },
    ]
    for (const lie of lies) refused(await enterWith(device, lie), Object.keys(lie).join())
    const nameless = device.get(await challenge())
    delete nameless.response.userHandle
    refused(await enter(nameless), 'not discoverable')
    const stolen = device.get(await challenge())
    const { id } = other.device.get(await challenge())
    refused(await enter({ ...stolen, id, rawId: id }), 'another person’s credential')
    refused(await enter({ ...stolen, id: 'AAAA', rawId: 'AAAA' }), 'nobody’s credential')
    assert.equal((await enterWith(device)).status, 200)
  })

  test('is refused to who is suspended, after the same proof', async () => {
    const { user, device } = await holder()
    await database.owner.query(`UPDATE users SET status = 'suspended' WHERE user_id = $1`, [user.id])
    refused(await enterWith(device, { userVerified: false }))
    const reply = await enterWith(device)
    assert.deepEqual([reply.status, reply.body.code], [403, 'auth.account_inactive'])
  })

  describe('by a device that counts', () => {
    const traces = async (userId: string) => {
      const { rows } = await database.owner.query<{ severity: string }>(
        `SELECT severity FROM audit_logs WHERE user_id = $1 AND action = 'identity.passkey_counter_refused'`,
        [userId],
      )
      return rows.map(({ severity }) => severity)
    }

    test('is refused, and leaves a trace, when the count goes back or stands still', async () => {
      const { user, device } = await holder()
      const [key] = device.keys
      assert.equal((await enterWith(device)).status, 200)
      const reached = key!.counter
      for (const copied of [reached - 1, 0]) {
        key!.counter = copied
        refused(await enterWith(device))
      }
      assert.deepEqual(await traces(user.id), ['critical', 'critical'])
      key!.counter = reached
      assert.equal((await enterWith(device)).status, 200)
    })

    test('lets one of two in that come with one count', async () => {
      const { device } = await holder()
      const [key] = device.keys
      const one = device.get(await challenge())
      key!.counter--
      const two = device.get(await challenge())
      const replies = await Promise.all([enter(one), enter(two)])
      assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 401])
    })

    test('and one that never counts is taken each time', async () => {
      const { user, device } = await holder(
        createAuthenticator({ origin: testOrigin, counts: false, backsUp: true }),
      )
      for (let n = 0; n < 3; n++) assert.equal((await enterWith(device)).status, 200)
      assert.deepEqual(await traces(user.id), [])
    })
  })

  describe('after a password', () => {
    const password = async ({ email }: TestUser) => {
      const reply = await stranger.post<Wanted>('/api/v1/auth/login', {
        email,
        password: testPassword,
        session: 'token',
      })
      assert.equal(reply.status, 202, reply.text)
      return reply.body.second_factor
    }
    const finish = (ticket: string, passkey: Response) =>
      stranger.post<Session>('/api/v1/auth/second-factor', { ticket, passkey })

    test('it is the second factor', async () => {
      const { user, device } = await holder()
      const { ticket, methods, passkey } = await password(user)
      assert.deepEqual(methods, ['passkey', 'recovery_code'])
      const response = device.get(passkey)
      const reply = await finish(ticket, response)
      assert.deepEqual([reply.status, reply.body.user_id], [200, user.id])
      assert.equal(await statusOf(reply.body.token), 200)
      assert.equal((await finish(ticket, response)).body.code, 'auth.ticket_invalid')
    })

    test('it answers this sign-in’s own challenge, by this person’s own key', async () => {
      const [mine, theirs] = [await holder(), await holder()]
      const { ticket, passkey } = await password(mine.user)
      const wrong = async (response: Response, why: string) =>
        assert.equal((await finish(ticket, response)).body.code, 'auth.second_factor_wrong', why)
      await wrong(mine.device.get((await password(mine.user)).passkey), 'another ticket’s')
      await wrong(mine.device.get(await challenge()), 'a challenge of a sign-in without a name')
      assert.throws(() => theirs.device.get(passkey), /NotAllowedError/)
      await wrong(theirs.device.get({ ...passkey, allowCredentials: [] }), 'another person’s key')
      await wrong(mine.device.get(passkey, { origin: 'https://evil.example' }), 'another site’s')
      const reply = await finish(ticket, mine.device.get(passkey))
      assert.equal(reply.status, 200)
    })

    test('the ticket is no challenge of a sign-in without a password', async () => {
      const { user, device } = await holder()
      const { passkey } = await password(user)
      refused(await enter(device.get(passkey)))
    })
  })

  describe('again, for something sensitive', () => {
    const stepUp = (client: Client, passkey: Response) =>
      client.post<Session>('/api/v1/auth/step-up', { passkey })
    const asked = async (client: Client) =>
      (await client.post<Request>('/api/v1/auth/step-up/passkey-challenges')).body

    test('it proves who holds the session, once', async () => {
      const { device, client } = await holder()
      const response = device.get(await asked(client))
      const reply = await stepUp(client, response)
      assert.equal(reply.status, 200, reply.text)
      assert.equal(await statusOf(client.token!), 401, 'the token is a new one')
      const again = await stepUp(clientOf(app, reply.body.token), response)
      assert.deepEqual([again.status, again.body.code], [401, 'auth.proof_wrong'])
    })

    test('nobody proves it with another person’s key or challenge', async () => {
      const [mine, theirs] = [await holder(), await holder()]
      const code = async (response: Response) => (await stepUp(mine.client, response)).body.code
      const theirChallenge = { ...(await asked(theirs.client)), allowCredentials: [] }
      assert.equal(await code(mine.device.get(theirChallenge)), 'auth.proof_wrong')
      assert.equal(
        await code(theirs.device.get({ ...(await asked(mine.client)), allowCredentials: [] })),
        'auth.proof_wrong',
      )
      assert.equal(await code(mine.device.get(await challenge())), 'auth.proof_wrong')
      assert.equal((await stepUp(mine.client, mine.device.get(await asked(mine.client)))).status, 200)
    })
  })
})
