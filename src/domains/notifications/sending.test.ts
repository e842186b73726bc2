import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { cancelFacts, type Notice, type OptionalChannel, publishFact } from '../../platform/facts/index.ts'
import { startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeUser } from '../../testing/factories.ts'
import { startSmtp, type TestSmtp } from '../../testing/smtp.ts'
import { expandFacts } from './expansion.ts'
import { withdrawWaiting } from './queries/broadcasts.ts'
import { createRegistry } from './registry.ts'
import { SENDERS } from './senders.ts'
import { sendDue } from './sending.ts'

const said =
  (title: string): Notice['texts']['en'] =>
  ({ actor }) => ({ title: `${title} ${actor}`, message: 'Come and see.' })
const texts = { en: said('Hello from'), sw: said('Habari kutoka kwa'), fr: said('Bonjour de') }
const notice = (type: string, more: Partial<Notice> = {}): Notice => ({
  fact: `test.${type}`,
  type,
  channels: ['email'],
  texts,
  path: () => '/community',
  ...more,
})

const REGISTRY = createRegistry([
  ...['community', 'events', 'security', 'marketing', 'messages'].map((type) => notice(type)),
  notice('events', { fact: 'test.urgent', urgent: true }),
  notice('messages', {
    fact: 'test.broken',
    subjectId: () => '00000000-0000-0000-0000-000000000000',
    subjects: () => Promise.reject(new Error('not to be read')),
  }),
  notice('account', { fact: 'test.texted', channels: ['sms', 'push'] }),
])

describe('what goes out beside the list', () => {
  let still: Date | null = null
  const clock = { now: () => still ?? new Date() }
  let database: TestDatabase
  let smtp: TestSmtp
  let app: TestApp
  before(async () => {
    database = await createTestDatabase()
    smtp = await startSmtp()
    const env = { SMTP_URL: smtp.url, MAIL_FROM: 'Network <house@example.org>' }
    app = await startApp(database, { env, services: { clock } })
  })
  beforeEach(() => {
    smtp.received.length = 0
    smtp.refuseWith(null)
    still = null
  })
  after(async () => {
    await app.close()
    await smtp.stop()
    await database.close()
  })

  const someone = async (values: Record<string, unknown> = {}, settings: Record<string, unknown> = {}) => {
    const user = await makeUser(database.owner, values)
    const columns = Object.keys(settings).map((column, n) => `, ${column} = $${n + 2}`)
    const texts = Object.values(settings).map((value) =>
      typeof value === 'object' ? JSON.stringify(value) : value,
    )
    const change = `UPDATE user_settings SET user_id = user_id${columns.join('')} WHERE user_id = $1`
    await database.owner.query(change, [user.id, ...texts])
    return user
  }
  const tell = async (type: string, recipients: readonly string[], actor: string | null = null) => {
    const fact = { name: `test.${type}`, actor, recipients }
    const id = await database.db.transaction(null, (tx) => publishFact(tx, fact))
    while (await expandFacts(parts()));
    return id
  }
  const parts = () => {
    return { db: database.workerDb, services: app.services, registry: REGISTRY, brand: 'Network' }
  }
  const send = async (channel: OptionalChannel = 'email', senders = SENDERS) => {
    while (await sendDue({ ...parts(), senders }, channel));
  }
  const now = () =>
    database.owner.query(`UPDATE notification_deliveries SET due_at = now() WHERE status = 'waiting'`)
  const states = async (userId: string, channel = 'email') => {
    const { rows } = await database.owner.query<Record<string, string | null>>(
      `SELECT status, reason, last_error, attempts, due_at, accepted_at FROM notification_deliveries
       WHERE user_id = $1 AND channel = $2 ORDER BY created_at`,
      [userId, channel],
    )
    return rows
  }
  const state = async (userId: string, channel = 'email') => {
    const [row] = await states(userId, channel)
    return [row?.status, row?.reason ?? row?.last_error ?? null]
  }
  const mailsTo = (user: { email: string }) => smtp.received.filter(({ to }) => to.includes(user.email))

  test('is a mail in the reader’s language, by the names of the moment, that can be switched off with one click', async () => {
    const [amina, juma] = [await someone({}, { language: 'sw' }), await someone({ full_name: 'Juma' })]
    await tell('community', [amina.id], juma.id)
    await database.owner.query(
      `UPDATE users SET full_name = E'Juma\\r\\nBcc: all@example.com' WHERE user_id = $1`,
      [juma.id],
    )
    await send()
    const [mail] = mailsTo(amina)
    assert.equal(mail?.headers.subject, 'Habari kutoka kwa Juma Bcc: all@example.com')
    assert.equal(mail?.headers.bcc, undefined)
    assert.deepEqual(mail?.to, [amina.email])
    assert.match(mail?.headers['list-unsubscribe'] ?? '', /^<http.*unsubscribe\?token=/)
    assert.equal(mail?.headers['list-unsubscribe-post'], 'List-Unsubscribe=One-Click')
    assert.match(mail?.parts['text/plain'] ?? '', /\/sw\/community\s/)
    assert.deepEqual(await state(amina.id), ['sent', null])
  })

  test('is not sent to who switched it off, has no proven address, has read it, or has silenced it, and says why', async () => {
    const off = await someone({}, { email_notifications: { all: true, community: false } })
    const unproven = await someone({ email_verified: false })
    const reader = await someone()
    const changed = await someone()
    const muter = await someone()
    const actor = await someone()
    await tell(
      'community',
      [off, unproven, reader, changed, muter].map(({ id }) => id),
      actor.id,
    )
    await database.owner.query('UPDATE notifications SET is_read = true WHERE user_id = $1', [reader.id])
    await database.owner.query(
      `UPDATE user_settings SET email_notifications = '{"all": false}' WHERE user_id = $1`,
      [changed.id],
    )
    await database.owner.query('INSERT INTO user_mutes VALUES ($1, $2)', [muter.id, actor.id])
    await send()
    assert.deepEqual(
      await Promise.all([off, unproven, reader, changed, muter].map(({ id }) => state(id))),
      ['switched_off', 'unverified', 'read', 'switched_off', 'muted'].map((reason) => ['skipped', reason]),
    )
    assert.equal(smtp.received.length, 0)
  })

  test('of marketing nothing is even listed without a yes to it', async () => {
    const [no, yes] = [
      await someone(),
      await someone({}, { email_notifications: { all: true, marketing: true } }),
    ]
    for (const granted of [false, true])
      await database.owner.query(
        `INSERT INTO user_consents (user_id, purpose, version, granted, source, recorded_at)
         VALUES ($1, 'marketing', '1', $2, 'settings', clock_timestamp())`,
        [yes.id, granted],
      )
    await tell('marketing', [no.id, yes.id])
    await send()
    assert.deepEqual(await state(no.id, 'in_app'), ['skipped', 'no_consent'])
    assert.deepEqual(await states(no.id), [])
    assert.deepEqual(
      [await state(yes.id, 'in_app'), await state(yes.id)],
      [
        ['sent', null],
        ['sent', null],
      ],
    )
    await tell('marketing', [yes.id])
    await database.owner.query(
      `INSERT INTO user_consents (user_id, purpose, version, granted, source, recorded_at)
       VALUES ($1, 'marketing', '1', false, 'settings', clock_timestamp())`,
      [yes.id],
    )
    await send()
    assert.equal((await states(yes.id))[1]?.reason, 'no_consent', 'a no that came before it left')
  })

  test('waits for the end of quiet hours, unless it is urgent or about safety', async () => {
    const wall = (hours: number) =>
      `${String((new Date().getUTCHours() + hours + 24) % 24).padStart(2, '0')}:00`
    const sleeper = await someone(
      {},
      { timezone: 'UTC', quiet_hours_start: wall(-1), quiet_hours_end: wall(2) },
    )
    for (const type of ['messages', 'urgent', 'security']) await tell(type, [sleeper.id])
    await send()
    const all = await states(sleeper.id)
    assert.deepEqual(
      all.map(({ status }) => status),
      ['waiting', 'sent', 'sent'],
    )
    const end = new Date()
    end.setUTCHours(end.getUTCHours() + 2, 0, 0, 0)
    assert.equal(new Date(all[0]!.due_at!).getTime(), end.getTime())
    // Whoever makes them longer meanwhile is not woken up.
    await now()
    await send()
    assert.equal((await states(sleeper.id))[0]?.status, 'waiting')
    still = new Date(end.getTime() + 1000)
    await now()
    await send()
    assert.equal((await states(sleeper.id))[0]?.status, 'sent')
  })

  test('gathers in a digest what bears waiting: one mail, of what is not read yet', async () => {
    const amina = await someone({}, { notification_digest: 'daily', language: 'fr' })
    const [juma, neema] = [await someone({ full_name: 'Juma' }), await someone({ full_name: 'Neema' })]
    for (const actor of [juma, neema, juma]) await tell('community', [amina.id], actor.id)
    await tell('messages', [amina.id])
    await send()
    assert.deepEqual(
      mailsTo(amina).map(({ headers }) => headers.subject),
      ['Bonjour de Quelqu’un'],
    )
    await database.owner.query('UPDATE notifications SET is_read = true WHERE user_id = $1 AND seq = 1', [
      amina.id,
    ])
    await database.owner.query(`UPDATE users SET full_name = 'Neema H.' WHERE user_id = $1`, [neema.id])
    await now()
    await Promise.all([send(), send(), send()])
    const [, digest, ...more] = mailsTo(amina)
    assert.deepEqual(more, [])
    assert.equal(digest?.headers.subject, '2 nouveautés pour vous')
    assert.match(digest?.parts['text/plain'] ?? '', /Bonjour de Neema H\..*[\s\S]*Bonjour de Juma/)
    const rows = await states(amina.id)
    assert.deepEqual(rows.map(({ status, reason }) => reason ?? status).sort(), [
      'read',
      'sent',
      'sent',
      'sent',
    ])
  })

  test('is sent once by two who send side by side, though a server takes longer for all than a claim lasts', async () => {
    const people = await Promise.all(Array.from({ length: 50 }, () => someone()))
    await tell(
      'messages',
      people.map(({ id }) => id),
    )
    const sent: string[] = []
    const email: (typeof SENDERS)['email'] = async (_parts, { to }) => {
      await new Promise((resolve) => setTimeout(resolve, 300))
      sent.push(to.user_id)
      return 'sent'
    }
    const context = { ...parts(), senders: { ...SENDERS, email }, leaseSeconds: 1 }
    const work = async () => {
      for (let round = 0; round < 8; round++) {
        await sendDue(context, 'email')
        await new Promise((resolve) => setTimeout(resolve, 200))
      }
    }
    await Promise.all([work(), work()])
    assert.equal(sent.length, 50)
    assert.equal(new Set(sent).size, 50)
    for (const { id } of people) assert.deepEqual(await state(id), ['sent', null])
  })

  test('is left to others by a worker that has to end, as if it had not been claimed', async () => {
    const people = await Promise.all(Array.from({ length: 25 }, () => someone()))
    await tell(
      'messages',
      people.map(({ id }) => id),
    )
    const stopping = new AbortController()
    const email: (typeof SENDERS)['email'] = async () => {
      stopping.abort()
      return 'sent'
    }
    await sendDue({ ...parts(), senders: { ...SENDERS, email }, signal: stopping.signal }, 'email')
    const all = await Promise.all(people.map(async ({ id }) => (await states(id))[0]!))
    const left = all.filter(({ status }) => status === 'waiting')
    assert.equal(left.length, 15)
    assert.ok(left.every(({ attempts, due_at }) => attempts === '0' && Date.parse(due_at!) <= Date.now()))
    await send()
    assert.equal(smtp.received.length, 15)
  })

  test('takes nobody else along when one cannot be told: a zone that nobody knows, a subject that is not to be read', async () => {
    const night = { quiet_hours_start: '22:00', quiet_hours_end: '07:00' }
    const [odd, other] = [await someone({}, { ...night, timezone: 'Mars/Olympus' }), await someone()]
    still = new Date('2026-06-01T12:00:00Z')
    await tell('messages', [odd.id, other.id])
    const broken = await tell('broken', [other.id])
    await send()
    assert.deepEqual(await state(odd.id), ['sent', null])
    const { rows } = await database.owner.query(
      `SELECT status FROM notification_deliveries WHERE user_id = $1 AND channel = 'email'`,
      [other.id],
    )
    assert.deepEqual(rows, [{ status: 'sent' }, { status: 'sent' }])
    assert.equal(mailsTo(other).length, 2)
    assert.ok(broken)
  })

  test('of what was sent is recorded as sent, though it was stopped at that instant', async () => {
    const amina = await someone()
    const fact = await tell('messages', [amina.id])
    const email: (typeof SENDERS)['email'] = async () => {
      assert.equal(await database.workerDb.transaction(null, (tx) => withdrawWaiting(tx, fact, 10)), 1)
      return 'sent'
    }
    await sendDue({ ...parts(), senders: { ...SENDERS, email } }, 'email')
    assert.deepEqual(await state(amina.id), ['sent', null])
  })

  test('is not sent once its cause is cancelled, or once it is of no use', async () => {
    const night = { quiet_hours_start: '22:00', quiet_hours_end: '07:00' }
    const [amina, juma] = [await someone({}, { ...night, timezone: 'UTC' }), await someone()]
    still = new Date('2026-06-01T23:00:00Z')
    const fact = { name: 'test.events', actor: null, recipients: [amina.id], causeKey: 'test:1:soon' }
    await database.db.transaction(null, (tx) => publishFact(tx, fact))
    const useful_until = '2026-06-01T22:59:00Z'
    await database.db.transaction(null, (tx) =>
      publishFact(tx, { name: 'test.events', actor: null, recipients: [juma.id], params: { useful_until } }),
    )
    while (await expandFacts(parts()));
    assert.equal((await state(amina.id))[0], 'waiting')
    await database.db.transaction(null, (tx) => cancelFacts(tx, { prefix: 'test:1:' }))
    await now()
    await send()
    assert.deepEqual(await state(amina.id), ['skipped', 'cancelled'])
    assert.deepEqual(await state(juma.id), ['skipped', 'outdated'])
    assert.equal(smtp.received.length, 0)
  })

  test('in a digest waits for quiet hours to end that were set after it was planned', async () => {
    const amina = await someone({}, { notification_digest: 'daily', timezone: 'UTC' })
    still = new Date('2026-06-01T20:00:00Z')
    await tell('community', [amina.id])
    await database.owner.query(
      `UPDATE user_settings SET quiet_hours_start = '06:00', quiet_hours_end = '09:30' WHERE user_id = $1`,
      [amina.id],
    )
    still = new Date('2026-06-02T08:00:00Z')
    await now()
    await send()
    const [row] = await states(amina.id)
    assert.deepEqual(
      [row?.status, new Date(row!.due_at!).toISOString()],
      ['waiting', '2026-06-02T09:30:00.000Z'],
    )
    still = new Date('2026-06-02T09:31:00Z')
    await now()
    await send()
    assert.deepEqual(await state(amina.id), ['sent', null])
  })

  test('waits twenty minutes for who is here and wants mail only when away, and goes if it is not read', async () => {
    const [here, away] = [
      await someone({}, { email_when_away: true }),
      await someone({}, { email_when_away: true }),
    ]
    const reader = await someone({}, { email_when_away: true })
    for (const { id } of [here, reader]) await app.services.cache.set(`presence:${id}`, '1', 600)
    await tell('messages', [here.id, reader.id, away.id])
    await tell('security', [here.id])
    await send()
    const [waiting, secure] = await states(here.id)
    const minutes = (new Date(waiting!.due_at!).getTime() - Date.now()) / 60_000
    assert.ok(minutes > 18 && minutes <= 20, `${minutes} minutes`)
    assert.equal(secure?.status, 'sent')
    assert.deepEqual(await state(away.id), ['sent', null])
    await database.owner.query('UPDATE notifications SET is_read = true WHERE user_id = $1', [reader.id])
    still = new Date(Date.now() + 21 * 60_000)
    await now()
    await send()
    assert.deepEqual(await state(here.id), ['sent', null])
    assert.deepEqual(await state(reader.id), ['skipped', 'read'])
  })

  test('is tried again while the server is away, under one Message-ID, is dead after ten tries, and failed when refused for good', async () => {
    const amina = await someone()
    await tell('messages', [amina.id])
    await smtp.stop()
    await send()
    const [first] = await states(amina.id)
    assert.deepEqual([first?.status, first?.attempts], ['waiting', '1'])
    assert.ok(new Date(first!.due_at!).getTime() > Date.now() + 20_000)
    await smtp.start()
    smtp.refuseWith('451 later')
    await now()
    await send()
    assert.equal((await states(amina.id))[0]?.attempts, '2')
    await database.owner.query(
      `UPDATE notification_deliveries SET attempts = 9, due_at = now() WHERE user_id = $1 AND status = 'waiting'`,
      [amina.id],
    )
    await send()
    assert.equal((await state(amina.id))[0], 'dead')
    assert.equal((await states(amina.id))[0]?.due_at, null)

    const juma = await someone()
    await tell('messages', [juma.id])
    smtp.refuseWith('550 5.1.1 no such user')
    await send()
    assert.equal((await state(juma.id))[0], 'failed')
    smtp.refuseWith(null)
    await tell('messages', [juma.id])
    await send()
    assert.deepEqual(
      (await states(juma.id))[1]?.reason,
      'suppressed',
      'what the server said of the address is remembered',
    )
    assert.match(await app.services.metrics.text(), /notifications_total\{channel="email",outcome="dead"\} 1/)
  })

  test('goes out again under the same id when nobody knows whether it was recorded, and never by two workers at once', async () => {
    const amina = await someone()
    await tell('messages', [amina.id])
    // The server takes it, and the process dies before the row says so.
    await send('email', {
      ...SENDERS,
      async email(parts, outgoing) {
        await SENDERS.email(parts, outgoing)
        throw new Error('the process dies')
      },
    })
    await now()
    await Promise.all([send(), send(), send()])
    const ids = mailsTo(amina).map(({ headers }) => headers['message-id'])
    assert.equal(ids.length, 2)
    assert.equal(new Set(ids).size, 1)
    const many = await Promise.all(Array.from({ length: 60 }, () => someone()))
    await tell(
      'messages',
      many.map(({ id }) => id),
    )
    await Promise.all([send(), send(), send(), send()])
    assert.deepEqual(new Set(many.map((one) => mailsTo(one).length)), new Set([1]))
  })

  test('by SMS goes to proven numbers of those who chose it; without a browser there is no push', async () => {
    const amina = await someone({}, { sms_notifications: { all: true } })
    await tell('texted', [amina.id])
    await send('sms')
    assert.deepEqual(await state(amina.id, 'sms'), ['skipped', 'no_address'])
    assert.deepEqual(await state(amina.id, 'push'), ['skipped', 'no_address'])
    const cipher = app.services.fields.seal(`users.phone_cipher:${amina.id}`, '+254711000222')
    await database.owner.query(
      `UPDATE users SET phone_cipher = $2, phone_index = '\\x01', phone_number = '+254 ••• 222', phone_verified = true WHERE user_id = $1`,
      [amina.id, cipher],
    )
    await tell('texted', [amina.id])
    await send('sms')
    const rows = await states(amina.id, 'sms')
    assert.equal(rows[1]?.status, 'sent')
  })
})
