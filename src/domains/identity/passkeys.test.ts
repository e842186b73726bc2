import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createAuthenticator, type Lies } from '../../testing/authenticator.ts'
import { type Client, clientOf, signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeUser, unknownId } from '../../testing/factories.ts'
import {
  creationChallenge,
  offerPasskey,
  type Passkey,
  passkeyHolder,
  testOrigin,
} from '../../testing/passkeys.ts'

type Factors = { two_factor_enabled: boolean; passkeys: number; recovery_codes_left: number }
type Answer = { token: string; code?: string }

describe('one’s passkeys', () => {
  let database: TestDatabase
  let app: TestApp
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const holder = (options = {}) => passkeyHolder(app, database.owner, options)
  const listed = async (client: Client) =>
    (await client.get<{ items: Passkey[] }>('/api/v1/me/passkeys')).body.items
  const factors = async (client: Client) => (await client.get<Factors>('/api/v1/me/factors')).body
  const statusOf = async (client: Client) => (await client.get('/api/v1/me')).status
  const actions = async (userId: string) => {
    const { rows } = await database.owner.query<{ action: string }>(
      `SELECT action FROM audit_logs WHERE user_id = $1 AND action LIKE 'identity.passkey%' ORDER BY log_id`,
      [userId],
    )
    return rows.map(({ action }) => action)
  }

  test('are asked for with an id that says nothing of the person, and not twice on one device', async () => {
    const { user, device, client } = await holder()
    const asked = await creationChallenge(client)
    assert.equal(Buffer.from(asked.user.id, 'base64url').toString('hex'), user.id.replaceAll('-', ''))
    assert.deepEqual([asked.rp.id, asked.attestation], ['localhost', 'none'])
    assert.throws(() => device.create(asked), /InvalidStateError/)
  })

  test('want a proof that is recent, to be added and to be removed', async () => {
    const { user, client, added } = await holder()
    await database.owner.query('UPDATE sessions SET proven_at = NULL WHERE user_id = $1', [user.id])
    const { passkey_id } = added.passkey
    for (const reply of [
      await client.post('/api/v1/me/passkeys/challenges'),
      await client.delete(`/api/v1/me/passkeys/${passkey_id}`),
    ]) {
      assert.deepEqual([reply.status, reply.body.code], [403, 'auth.step_up_required'])
    }
  })

  test('answer their own challenge, once, on our site, with their person verified', async () => {
    const client = await signedIn(app, await makeUser(database.owner))
    const other = await holder()
    const device = createAuthenticator({ origin: testOrigin })
    const refused = async (response: object, why: string) => {
      const reply = await offerPasskey(client, response)
      assert.deepEqual([reply.status, reply.body.code], [400, 'passkeys.response_invalid'], why)
    }
    const lies: Lies[] = [
      { origin: 'https://evil.example' },
      { origin: 'http://localhost:3001' },
      { rpId: 'evil.example' },
      { challenge: 'A'.repeat(43) },
      { type: 'webauthn.get' },
      { crossOrigin: true },
      { userVerified: false },
      { userPresent: false },
    ]
    for (const lie of lies) {
      await refused(device.create(await creationChallenge(client), lie), JSON.stringify(lie))
    }
    await refused(device.create(await creationChallenge(other.client)), 'another person’s challenge')
    const { challenge } = (await clientOf(app).post<{ challenge: string }>('/api/v1/auth/passkey-challenges'))
      .body
    await refused(
      device.create({ ...(await creationChallenge(client)), challenge }),
      'one made for signing in',
    )
    const good = device.create(await creationChallenge(client))
    const spoilt = { ...good, response: { ...good.response, attestationObject: 'oWNmbXRkbm9uZQ' } }
    await refused({ ...spoilt, id: 'AAAA', rawId: 'AAAA' }, 'no attestation at all')
    await refused(good, 'a challenge that was taken by what came before')
    const another = device.create(await creationChallenge(client))
    const replies = await Promise.all([offerPasskey(client, another), offerPasskey(client, another)])
    assert.deepEqual(
      replies.map(({ status }) => status).filter((status) => status === 201),
      [201],
      'one answer, one key',
    )
  })

  test('belong to one account', async () => {
    const { device } = await holder()
    const thief = await signedIn(app, await makeUser(database.owner))
    const copy = createAuthenticator({ origin: testOrigin })
    const response = copy.create(await creationChallenge(thief), { credentialId: device.keys[0]!.id })
    const reply = await offerPasskey(thief, response)
    assert.deepEqual([reply.status, reply.body.code], [409, 'passkeys.taken'])
    assert.deepEqual(await listed(thief), [])
  })

  test('end every other session and bring recovery codes when they are the first factor, and only then', async () => {
    const user = await makeUser(database.owner)
    const elsewhere = await signedIn(app, user)
    const first = await holder({ user })
    assert.equal(first.added.recovery_codes?.length, 10)
    assert.deepEqual([await statusOf(elsewhere), await statusOf(first.old)], [401, 401])
    const tablet = await signedIn(app, user)
    const second = await holder({ user })
    assert.equal(second.added.recovery_codes, null)
    assert.equal(await statusOf(tablet), 200)
    assert.equal(await statusOf(second.old), 401, 'the session that added it has a new token')
    assert.equal((await listed(second.client)).length, 2)
    const { two_factor_enabled, passkeys, recovery_codes_left } = await factors(second.client)
    assert.deepEqual([two_factor_enabled, passkeys, recovery_codes_left], [true, 2, 10])
  })

  test('are at most twenty', async () => {
    const { user, client } = await holder()
    await database.owner.query(
      `INSERT INTO passkeys (user_id, credential_id, public_key, name, backed_up)
       SELECT $1::uuid, decode(lpad(to_hex(n), 8, '0') || replace($1::text, '-', ''), 'hex'), '\\x01', 'Old', false
       FROM generate_series(1, 19) n`,
      [user.id],
    )
    const reply = await client.post('/api/v1/me/passkeys/challenges')
    assert.deepEqual([reply.status, reply.body.code], [409, 'passkeys.too_many'])
  })

  test('have names, for their person alone to change', async () => {
    const { client, added } = await holder()
    const { client: stranger } = await holder()
    const url = `/api/v1/me/passkeys/${added.passkey.passkey_id}`
    const reply = await client.patch<Passkey>(url, { name: 'Simu ya mama' })
    assert.deepEqual([reply.status, reply.body.name], [200, 'Simu ya mama'])
    for (const other of [
      await stranger.patch(url, { name: 'Mine now' }),
      await stranger.delete(url),
      await client.patch(`/api/v1/me/passkeys/${unknownId()}`, { name: 'Nothing' }),
    ]) {
      assert.deepEqual([other.status, other.body.code], [404, 'passkey.not_found'])
    }
    assert.equal((await client.patch(url, { name: 'two\nlines' })).status, 400)
    assert.equal((await listed(client))[0]?.name, 'Simu ya mama')
  })

  test('can be removed: with the last factor go the recovery codes, and sign-in asks for none', async () => {
    const { user, client, added } = await holder()
    const reply = await client.delete<Answer>(`/api/v1/me/passkeys/${added.passkey.passkey_id}`)
    assert.equal(reply.status, 200)
    assert.equal(await statusOf(client), 401, 'the token is a new one')
    const { two_factor_enabled, passkeys, recovery_codes_left } = await factors(
      clientOf(app, reply.body.token),
    )
    assert.deepEqual([two_factor_enabled, passkeys, recovery_codes_left], [false, 0, 0])
    assert.deepEqual(await actions(user.id), ['identity.passkey_added', 'identity.passkey_removed'])
    const { rows } = await database.owner.query<{ change: string }>(
      `SELECT params ->> 'change' AS change FROM outgoing_messages WHERE user_id = $1 ORDER BY created_at`,
      [user.id],
    )
    assert.deepEqual(
      rows.map(({ change }) => change),
      ['passkey_added', 'passkey_removed'],
      'told by mail',
    )
  })

  test('that are the last way into an account stay, also when two are removed at once', async () => {
    const user = await makeUser(database.owner, { password_hash: null })
    const one = await holder({ user })
    const two = await holder({ user })
    const [left, right] = [await signedIn(app, user), await signedIn(app, user)]
    const remove = (client: Client, { passkey_id }: Passkey) =>
      client.delete<Answer>(`/api/v1/me/passkeys/${passkey_id}`)
    const replies = await Promise.all([remove(left, one.added.passkey), remove(right, two.added.passkey)])
    const refused = replies.filter(({ status }) => status === 409)
    assert.deepEqual(
      refused.map(({ body }) => body.code),
      ['factors.last_way_in'],
    )
    assert.equal((await listed(two.client)).length, 1)
  })
})
