import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { readConfig } from '../../platform/config.ts'
import { createAfricasTalking } from '../../platform/delivery/africas-talking.ts'
import { NotAccepted } from '../../platform/delivery/index.ts'
import { type Notice, type OptionalChannel, publishFact } from '../../platform/facts/index.ts'
import { signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeUser } from '../../testing/factories.ts'
import { startPushService, type TestPushService } from '../../testing/push-service.ts'
import { GATEWAY_COST, startSmsGateway, type TestSmsGateway } from '../../testing/sms-gateway.ts'
import { expandFacts } from './expansion.ts'
import { createRegistry } from './registry.ts'
import { SENDERS } from './senders.ts'
import { sendDue } from './sending.ts'

const said: Notice['texts']['en'] = () => ({ title: 'Your session begins', message: 'In an hour.' })
const REGISTRY = createRegistry([
  {
    fact: 'test.session',
    type: 'coaching',
    channels: ['sms', 'push'],
    texts: { en: said, sw: said, fr: said },
    path: () => '/dashboard',
  },
])

const SECRET = 'a-secret-that-only-the-gateway-knows-1'

/** What carriers of SMS and push do when they do not do well. */
describe('a carrier', () => {
  let database: TestDatabase
  let gateway: TestSmsGateway
  let push: TestPushService
  let app: TestApp
  before(async () => {
    database = await createTestDatabase()
    gateway = await startSmsGateway()
    push = await startPushService()
    const env = {
      AFRICASTALKING_URL: gateway.url,
      AFRICASTALKING_USERNAME: 'house',
      AFRICASTALKING_API_KEY: 'the-key',
      PUSH_TEST_SERVICE: push.origin,
      SMS_MONTHLY_CAP: '100000',
      SMS_HOOK_SECRET: SECRET,
    }
    // As in production, and less patient.
    const sms = createAfricasTalking(readConfig({ NODE_ENV: 'test', ...env }).africasTalking!, 400)
    app = await startApp(database, { env, services: { sms } })
  })
  beforeEach(async () => {
    gateway.behave({ as: 'well' })
    push.behave('well')
    gateway.taken.length = 0
    push.received.length = 0
    await database.owner.query('TRUNCATE sms_months, sms_charges; DELETE FROM notification_deliveries')
  })
  after(async () => {
    await app.close()
    await gateway.stop()
    await push.stop()
    await database.close()
  })

  let phones = 0
  const someone = async () => {
    const { id } = await makeUser(database.owner)
    const number = `+25471${String(1_000_000 + phones++)}`
    await database.owner.query(
      `UPDATE users SET phone_cipher = $2, phone_index = $3, phone_number = '+254 •••', phone_verified = true WHERE user_id = $1`,
      [
        id,
        app.services.fields.seal(`users.phone_cipher:${id}`, number),
        app.services.fields.index('phone', number),
      ],
    )
    await database.owner.query(
      `UPDATE user_settings SET sms_notifications = '{"all": true}' WHERE user_id = $1`,
      [id],
    )
    const client = await signedIn(app, { id })
    assert.equal((await client.post('/api/v1/me/push-subscriptions', push.subscribe())).status, 201)
    await database.db.transaction(null, (tx) =>
      publishFact(tx, { name: 'test.session', actor: null, recipients: [id] }),
    )
    while (await expandFacts({ db: database.workerDb, services: app.services, registry: REGISTRY }));
    return id
  }
  const send = async (channel: OptionalChannel, senders = SENDERS) => {
    const { workerDb: db } = database
    while (
      await sendDue({ db, services: app.services, registry: REGISTRY, brand: 'Network', senders }, channel)
    );
  }
  const again = () =>
    database.owner.query(`UPDATE notification_deliveries SET due_at = now() WHERE status = 'waiting'`)
  const stateOf = async (userId: string, channel: OptionalChannel) => {
    const { rows } = await database.owner.query(
      `SELECT status, coalesce(reason, last_error) AS why, extract(epoch FROM due_at - now())::float8 AS wait
       FROM notification_deliveries WHERE user_id = $1 AND channel = $2`,
      [userId, channel],
    )
    return { state: [rows[0].status, rows[0].why], wait: Number(rows[0].wait) }
  }
  /** Dies after the carrier has taken the message, before that is written down. */
  const dying: typeof SENDERS = {
    ...SENDERS,
    async sms(...given) {
      await SENDERS.sms(...given)
      throw new Error('the process dies')
    },
    async push(...given) {
      await SENDERS.push(...given)
      throw new Error('the process dies')
    },
  }
  const spent = async () => {
    const { rows } = await database.owner.query(
      'SELECT coalesce(sum(spent_minor), 0) AS spent FROM sms_months',
    )
    return Number(rows[0].spent)
  }

  test('of SMS that is down, slow or silent is tried again, and what it may have taken is counted', async () => {
    const amina = await someone()
    gateway.behave({ as: 'broken' })
    await send('sms')
    assert.deepEqual((await stateOf(amina, 'sms')).state, ['waiting', 'sms_http_503'])
    gateway.behave({ as: 'silent' })
    await again()
    await send('sms')
    assert.deepEqual((await stateOf(amina, 'sms')).state, ['waiting', 'sms_TimeoutError'])
    gateway.behave({ as: 'slow', milliseconds: 150 })
    await again()
    await send('sms')
    assert.deepEqual((await stateOf(amina, 'sms')).state[0], 'sent')
    assert.equal(await spent(), 2 * 100 + GATEWAY_COST, 'two that nobody knows of, one that is known')
  })

  test('of SMS that refuses for good ends it, for nothing; that answers twice is paid once', async () => {
    const amina = await someone()
    gateway.behave({ as: 'refusing', statusCode: 406 })
    await send('sms')
    assert.deepEqual((await stateOf(amina, 'sms')).state, ['failed', 'sms_406'])
    assert.equal(await spent(), 0)
    const juma = await someone()
    gateway.behave({ as: 'twice' })
    await send('sms')
    assert.deepEqual((await stateOf(juma, 'sms')).state[0], 'sent')
    assert.deepEqual([gateway.taken.length, await spent()], [1, GATEWAY_COST])
  })

  test('of SMS is not asked once the month’s budget is used up, and the list says why', async () => {
    const amina = await someone()
    await database.owner.query(
      `INSERT INTO sms_months (month, spent_minor) VALUES (date_trunc('month', now() AT TIME ZONE 'UTC')::date, 99950)`,
    )
    await send('sms')
    assert.deepEqual((await stateOf(amina, 'sms')).state, ['skipped', 'over_cap'])
    assert.equal(gateway.taken.length, 0)
    await send('push')
    assert.deepEqual((await stateOf(amina, 'push')).state[0], 'sent', 'other ways go on')
  })

  test('of SMS reports what became of a message, by its secret alone, in whatever order and however often', async () => {
    await someone()
    await send('sms')
    const { messageId } = gateway.taken[0]!
    const report = async (status: string, { id = messageId, secret = SECRET } = {}) =>
      (
        await app.server.inject({
          method: 'POST',
          url: `/api/v1/hooks/sms/reports?secret=${secret}`,
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          payload: String(
            new URLSearchParams({ id, status, phoneNumber: '+254711111111', networkCode: '63902' }),
          ),
        })
      ).statusCode
    const word = async () =>
      (await database.owner.query('SELECT report FROM sms_charges WHERE gateway_id = $1', [messageId]))
        .rows[0].report
    assert.equal(await report('Success', { secret: 'x'.repeat(40) }), 403)
    assert.equal(await word(), null)
    for (const status of ['Buffered', 'Success', 'Success', 'Sent', "'; DROP TABLE users"])
      assert.equal(await report(status), 204, status)
    assert.equal(await word(), 'Success')
    assert.equal(await report('Failed', { id: 'ATXid_of_nobody' }), 204)
  })

  test('of push that is busy is asked again when it says; that is gone is asked no more', async () => {
    const amina = await someone()
    push.behave('busy')
    await send('push')
    const { state, wait } = await stateOf(amina, 'push')
    assert.deepEqual(state, ['waiting', 'push_429'])
    assert.ok(wait > 110 && wait < 130, `${wait} seconds`)
    push.behave('gone')
    await again()
    await send('push')
    assert.deepEqual((await stateOf(amina, 'push')).state, ['skipped', 'no_address'])
    const { rows } = await database.owner.query('SELECT FROM push_subscriptions WHERE user_id = $1', [amina])
    assert.equal(rows.length, 0)
  })

  test('of push gets the same message, topic and place again after a worker that ended in between', async () => {
    const amina = await someone()
    await send('push', dying)
    assert.equal((await stateOf(amina, 'push')).state[0], 'waiting')
    await again()
    await Promise.all([send('push'), send('push')])
    assert.equal((await stateOf(amina, 'push')).state[0], 'sent')
    const [one, two, ...more] = push.received
    assert.deepEqual([one?.topic, one?.text, more], [two?.topic, two?.text, []])
  })

  test('of SMS gets a message again after such an end, and both are in the budget', async () => {
    const amina = await someone()
    await send('sms', dying)
    await again()
    await Promise.all([send('sms'), send('sms')])
    assert.equal((await stateOf(amina, 'sms')).state[0], 'sent')
    assert.deepEqual([gateway.taken.length, await spent()], [2, 2 * GATEWAY_COST])
    const { rows } = await database.owner.query('SELECT DISTINCT message_id FROM sms_charges')
    assert.equal(rows.length, 1)
  })

  test('of SMS that never says whether it took one is asked three times, and then no more', async () => {
    const id = await someone()
    let tries = 0
    const silent: typeof SENDERS = {
      ...SENDERS,
      sms() {
        tries++
        throw new NotAccepted('sms_TimeoutError', false)
      },
    }
    for (let round = 0; round < 5; round++) {
      await send('sms', silent)
      await again()
    }
    assert.equal(tries, 3)
    assert.deepEqual((await stateOf(id, 'sms')).state, ['dead', 'sms_TimeoutError'])
  })
})
