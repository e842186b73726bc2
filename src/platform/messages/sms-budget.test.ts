import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, beforeEach, describe, test } from 'node:test'
import { startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { GATEWAY_COST, startSmsGateway, type TestSmsGateway } from '../../testing/sms-gateway.ts'
import type { NotAccepted } from '../delivery/index.ts'
import { noteSmsReport, sendSms } from './index.ts'

const CAP = 1000
const RESERVE = 200

describe('the month’s budget for SMS', () => {
  let database: TestDatabase
  let gateway: TestSmsGateway
  let app: TestApp
  before(async () => {
    database = await createTestDatabase()
    gateway = await startSmsGateway()
    app = await startApp(database, {
      env: {
        AFRICASTALKING_URL: gateway.url,
        AFRICASTALKING_USERNAME: 'house',
        AFRICASTALKING_API_KEY: 'the-key',
        SMS_MONTHLY_CAP: String(CAP),
        SMS_CODE_RESERVE: String(RESERVE),
        SMS_SEGMENT_COST: '100',
      },
    })
  })
  after(async () => {
    await app.close()
    await gateway.stop()
    await database.close()
  })
  beforeEach(async () => {
    gateway.behave({ as: 'well' })
    gateway.taken.length = 0
    await database.owner.query('TRUNCATE sms_months, sms_charges; DELETE FROM audit_alerts')
  })

  const send = (purpose: 'code' | 'notice' = 'notice', text = 'Habari') =>
    sendSms(
      { db: database.workerDb, services: app.services },
      { id: randomUUID(), to: '+254711111111', text },
      purpose,
    )
  const spent = async () =>
    Number((await database.owner.query('SELECT spent_minor FROM sms_months')).rows[0]?.spent_minor ?? 0)
  const charges = async () =>
    (await database.owner.query('SELECT * FROM sms_charges ORDER BY charge_id')).rows
  const refusal = () => send().then(assert.fail, (error: unknown) => error as NotAccepted)

  test('is charged what the gateway answers, by the segment', async () => {
    assert.equal(await send(), 'sent')
    assert.equal(await spent(), GATEWAY_COST)
    assert.equal(await send('notice', 'ñandú'.repeat(40)), 'sent')
    const [, long] = await charges()
    assert.deepEqual([Number(long.segments), Number(long.settled_minor)], [3, 3 * GATEWAY_COST])
    assert.equal(await spent(), 4 * GATEWAY_COST)
  })

  test('cannot be overrun by many that send at once, and every cent is accounted for', async () => {
    const outcomes = await Promise.all(Array.from({ length: 60 }, () => send()))
    const sent = outcomes.filter((outcome) => outcome === 'sent').length
    assert.equal(gateway.taken.length, sent)
    assert.ok(sent >= CAP / 100 && sent * GATEWAY_COST <= CAP, `${sent} were sent`)
    assert.equal(await spent(), sent * GATEWAY_COST)
    assert.ok((await spent()) <= CAP)
  })

  test('leaves codes a reserve of their own, which ends too', async () => {
    while ((await send()) === 'sent');
    const notices = gateway.taken.length
    assert.equal(await send('code'), 'sent')
    while ((await send('code')) === 'sent');
    assert.ok(gateway.taken.length > notices)
    assert.ok((await spent()) <= CAP + RESERVE)
    assert.equal(await send('notice'), 'over_cap')
  })

  test('gets back what was refused, and keeps what nobody knows of', async () => {
    gateway.behave({ as: 'refusing', statusCode: 403 })
    assert.equal((await refusal()).code, 'sms_403')
    assert.equal(await spent(), 0)
    gateway.behave({ as: 'broken' })
    assert.equal((await refusal()).isUnsent, false)
    assert.equal(await spent(), 100)
    assert.deepEqual(
      (await charges()).map(({ state }) => state),
      ['released', 'reserved'],
    )
  })

  test('is charged once by a gateway that answers twice', async () => {
    gateway.behave({ as: 'twice' })
    assert.equal(await send(), 'sent')
    assert.equal(await spent(), GATEWAY_COST)
  })

  test('tells staff once a month that four fifths are spent, and once that nothing is left', async () => {
    const told = async () => {
      const { rows } = await database.owner.query(
        `SELECT metadata ->> 'percent' AS percent FROM audit_logs WHERE action = 'platform.sms_budget_reached' ORDER BY timestamp`,
      )
      return rows.map(({ percent }) => percent)
    }
    const before = (await told()).length
    const news = async () => (await told()).slice(before)
    for (let n = 0; n < 8; n++) await send()
    assert.deepEqual(await news(), [])
    await Promise.all([send(), send()])
    assert.deepEqual(await news(), ['80'])
    while ((await send()) === 'sent');
    await Promise.all([send(), send(), send()])
    assert.deepEqual(await news(), ['80', '100'])
  })

  test('keeps the gateway’s last word on a message; what was delivered stays delivered', async () => {
    await send()
    const { messageId } = gateway.taken[0]!
    const report = (word: string) => noteSmsReport(database.db.anonymous, messageId, word)
    assert.equal(await report('Sent'), true)
    assert.equal(await report('Success'), true)
    assert.equal(await report('Sent'), true)
    assert.equal((await charges())[0].report, 'Success')
    assert.equal(await noteSmsReport(database.db.anonymous, 'ATXid_nobody', 'Success'), false)
  })
})
