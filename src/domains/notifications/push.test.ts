import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, beforeEach, describe, test } from 'node:test'
import { createFieldCipher } from '../../platform/crypto/fields.ts'
import { keyRingOf } from '../../platform/crypto/key-ring.ts'
import { type Client, clientOf, signedIn, signIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeUser } from '../../testing/factories.ts'
import { type Mailbox, openMailbox } from '../../testing/mailbox.ts'
import { startPushService, type TestPushService } from '../../testing/push-service.ts'
import { sendPush } from './index.ts'

type State = {
  items: { subscription_id: string; current: boolean; device: string | null }[]
  offer: string | null
}

const PATH = '/api/v1/me/push-subscriptions'

describe('push', () => {
  let database: TestDatabase
  let service: TestPushService
  let app: TestApp
  before(async () => {
    database = await createTestDatabase()
    service = await startPushService()
    app = await startApp(database, { env: { PUSH_TEST_SERVICE: service.origin } })
  })
  after(async () => {
    await app.close()
    await service.stop()
    await database.close()
  })
  beforeEach(() => {
    service.behave('well')
    service.received.length = 0
  })

  const someone = async () => {
    const user = await makeUser(database.owner)
    return { ...user, client: await signedIn(app, user) }
  }
  const add = async (client: Client, subscription = service.subscribe()) => {
    const reply = await client.post<{ subscription_id: string }>(PATH, subscription)
    assert.equal(reply.status, 201, reply.text)
    return { ...subscription, id: reply.body.subscription_id }
  }
  const state = async (client: Client) => (await client.get<State>(PATH)).body
  const notice = {
    title: 'Juma replied',
    text: 'To your comment',
    path: '/community/x',
    language: 'en',
  } as const
  const send = (userId: string, more: object = {}) =>
    sendPush({ db: database.workerDb, services: app.services }, userId, {
      id: randomUUID(),
      ...notice,
      ...more,
    })

  test('reaches every browser where somebody is signed in, with what their inbox says and no more', async () => {
    const amina = await someone()
    const other = await signedIn(app, amina)
    const [one, two] = [await add(amina.client), await add(other)]
    assert.deepEqual(
      (await state(other)).items.map(({ subscription_id, current }) => [subscription_id, current]),
      [
        [two.id, true],
        [one.id, false],
      ],
    )
    assert.equal(await send(amina.id, { tag: 'post:1', title: `Juma\r\n${'x'.repeat(200)}` }), 'sent')
    assert.deepEqual(
      service.received.map(({ endpoint }) => endpoint).sort(),
      [one.endpoint, two.endpoint].sort(),
    )
    const [{ text, topic, ttl, urgency } = assert.fail()] = service.received
    assert.match(topic ?? '', /^[\w-]{32}$/)
    assert.deepEqual([ttl, urgency], [86_400, 'normal'])
    const { id, ...payload } = JSON.parse(text)
    assert.match(id, /^[0-9a-f-]{36}$/)
    assert.deepEqual(payload, {
      title: `Juma ${'x'.repeat(94)}…`,
      body: 'To your comment',
      path: '/community/x',
      lang: 'en',
      tag: 'post:1',
    })
  })

  test('is not known to the database in clear, and is one row however often a browser sends it', async () => {
    const amina = await someone()
    const subscription = service.subscribe()
    const ids = await Promise.all([1, 2, 3].map(async () => (await add(amina.client, subscription)).id))
    assert.equal(new Set(ids).size, 1)
    const { rows } = await database.owner.query('SELECT * FROM push_subscriptions WHERE user_id = $1', [
      amina.id,
    ])
    assert.equal(rows.length, 1)
    const kept = JSON.stringify(rows[0])
    for (const secret of [subscription.endpoint, subscription.keys.p256dh, subscription.keys.auth])
      assert.ok(!kept.includes(secret) && !kept.includes(Buffer.from(secret).toString('hex')))
  })

  test('of a browser is its person’s who signed in there last', async () => {
    const [amina, juma] = [await someone(), await someone()]
    const browser = service.subscribe()
    await add(amina.client, browser)
    await add(juma.client, browser)
    assert.deepEqual((await state(amina.client)).items, [])
    assert.equal(await send(amina.id), 'no_address')
    assert.equal(await send(juma.id), 'sent')
  })

  test('ends when its person signs out there, and goes on when they only prove who they are', async () => {
    const user = await makeUser(database.owner)
    const client = await signIn(app, user)
    await add(client)
    const reply = await client.post<{ token?: string }>('/api/v1/auth/step-up', { password: user.password })
    assert.equal(reply.status, 200, reply.text)
    assert.equal(await send(user.id), 'sent')
    const { rows } = await database.owner.query('SELECT session_id FROM sessions WHERE user_id = $1', [
      user.id,
    ])
    assert.equal(rows.length, 1)
    await database.owner.query('DELETE FROM sessions WHERE user_id = $1', [user.id])
    assert.equal(await send(user.id), 'no_address')
    const again = await signIn(app, user)
    await add(again)
    assert.equal((await again.post('/api/v1/auth/logout')).status, 204)
    assert.equal(await send(user.id), 'no_address')
  })

  test('is kept for ten browsers; the one that was silent for longest makes room', async () => {
    const amina = await someone()
    const first = await add(amina.client)
    const second = await add(amina.client)
    await database.owner.query(
      `UPDATE push_subscriptions SET accepted_at = now() + interval '1 hour' WHERE subscription_id = $1`,
      [first.id],
    )
    await Promise.all(Array.from({ length: 9 }, () => add(amina.client)))
    const ids = (await state(amina.client)).items.map(({ subscription_id }) => subscription_id)
    assert.equal(ids.length, 10)
    assert.ok(ids.includes(first.id) && !ids.includes(second.id))
  })

  test('takes no address that is no push service’s, and no keys that are none', async () => {
    const { client } = await someone()
    const { keys } = service.subscribe()
    for (const endpoint of [
      'http://169.254.169.254/latest/meta-data',
      'https://127.0.0.1/x',
      'https://localhost/x',
      'https://evil.example/x',
      'https://fcm.googleapis.com@evil.example/x',
      'http://fcm.googleapis.com/x',
      'https://[::1]/x',
      'gopher://x',
      'x',
    ]) {
      const reply = await client.post(PATH, { endpoint, keys })
      assert.deepEqual([reply.status, reply.body.code], [400, 'push.endpoint_refused'], endpoint)
    }
    const { endpoint } = service.subscribe()
    const reply = await client.post(PATH, { endpoint, keys: { ...keys, auth: 'AAAA' } })
    assert.deepEqual([reply.status, reply.body.code], [400, 'push.keys_refused'])
    assert.equal((await clientOf(app).post(PATH, { endpoint, keys })).status, 401)
    assert.deepEqual((await state(client)).items, [])
  })

  test('calls no address that was good when it was kept and is none any more', async () => {
    const amina = await someone()
    await add(amina.client)
    const stricter = await startApp(database)
    const sent = sendPush({ db: database.workerDb, services: stricter.services }, amina.id, {
      id: randomUUID(),
      ...notice,
    })
    assert.equal(await sent, 'no_address')
    await stricter.close()
    assert.deepEqual([service.received, (await state(amina.client)).items], [[], []])
  })

  test('forgets a browser that is gone, and goes on with the others', async () => {
    const amina = await someone()
    const [gone, there] = [await add(amina.client), await add(amina.client)]
    service.behave('gone', gone.endpoint)
    assert.equal(await send(amina.id), 'sent')
    assert.deepEqual(
      (await state(amina.client)).items.map(({ subscription_id }) => subscription_id),
      [there.id],
    )
    service.behave('gone', there.endpoint)
    assert.equal(await send(amina.id), 'no_address')
    assert.deepEqual((await state(amina.client)).items, [])
  })

  test('waits for a service that is busy, down, slow or silent, and is the same message again', async () => {
    const amina = await someone()
    const { endpoint } = await add(amina.client)
    service.behave('busy')
    await assert.rejects(send(amina.id), { code: 'push_429', isFinal: false, retryAfter: 120 })
    service.behave('broken')
    await assert.rejects(send(amina.id), { code: 'push_503', isFinal: false })
    service.behave('well')
    const id = randomUUID()
    // A worker that ended between sending and recording sends it again.
    for (let again = 0; again < 2; again++) assert.equal(await send(amina.id, { id }), 'sent')
    const [one, two] = service.received
    assert.deepEqual([one?.endpoint, one?.topic, one?.text], [endpoint, two?.topic, two?.text])
    assert.equal(JSON.parse(one!.text).tag, id)
  })

  test('gives a browser up whose service refuses twenty times in a row', async () => {
    const amina = await someone()
    await add(amina.client)
    service.behave('redirecting')
    for (let n = 0; n < 19; n++) await assert.rejects(send(amina.id), { code: 'push_307', isFinal: true })
    assert.equal((await state(amina.client)).items.length, 1)
    service.behave('well')
    await send(amina.id)
    service.behave('redirecting')
    for (let n = 0; n < 20; n++) await assert.rejects(send(amina.id), { code: 'push_307' })
    assert.deepEqual((await state(amina.client)).items, [])
  })

  test('is removed by its person alone', async () => {
    const [amina, juma] = [await someone(), await someone()]
    const { id } = await add(amina.client)
    assert.equal((await juma.client.delete(`${PATH}/${id}`)).status, 404)
    assert.equal((await juma.client.post(`${PATH}/${id}/tests`)).status, 404)
    assert.equal((await amina.client.delete(`${PATH}/${id}`)).status, 204)
    assert.equal((await amina.client.delete(`${PATH}/${id}`)).status, 404)
  })

  test('can be tried out, in the reader’s language', async () => {
    const amina = await someone()
    await database.owner.query(`UPDATE user_settings SET language = 'sw' WHERE user_id = $1`, [amina.id])
    const [{ id, endpoint }] = [await add(amina.client), await add(amina.client)]
    assert.equal((await amina.client.post(`${PATH}/${id}/tests`)).status, 204)
    const worker: Mailbox = await openMailbox(app)
    for (let waited = 0; waited < 200 && service.received.length === 0; waited++)
      await new Promise((resolve) => setTimeout(resolve, 50))
    await worker.stop()
    assert.deepEqual(
      service.received.map((message) => [message.endpoint, JSON.parse(message.text).title]),
      [[endpoint, 'Inafanya kazi']],
    )
  })

  test('is asked about once: what somebody said is known on every device', async () => {
    const amina = await someone()
    assert.equal((await state(amina.client)).offer, null)
    assert.equal((await amina.client.put('/api/v1/me/push-offer', { answer: 'not_now' })).status, 204)
    assert.equal((await state(await signedIn(app, amina))).offer, 'not_now')
    await add(amina.client)
    assert.equal((await state(amina.client)).offer, 'yes')
  })

  test('opens after a rotation of keys, and a browser is still known', async () => {
    const amina = await someone()
    const subscription = service.subscribe()
    const { id } = await add(amina.client, subscription)
    assert.match(
      (await clientOf(app).get<{ public_key: string }>('/api/v1/notifications/push-key')).body.public_key,
      /^B[\w-]{86}$/,
    )
    const rotated = createFieldCipher({
      ...keyRingOf(app.services.config),
      nextIndexKey: Buffer.alloc(32, 9),
    })
    const later = await startApp(database, {
      env: { PUSH_TEST_SERVICE: service.origin },
      services: { fields: rotated },
    })
    const again = await (await signedIn(later, amina)).post<{ subscription_id: string }>(PATH, subscription)
    assert.equal(again.body.subscription_id, id)
    await later.close()
    assert.equal(await send(amina.id), 'sent')
  })
})
