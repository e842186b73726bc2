import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Client, signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeUser } from '../../testing/factories.ts'

type Row = {
  source_event: string
  channel: string
  status: string
  kind: string
  user_id: string | null
  reason: string | null
}
type Log = {
  items: Row[]
  next_cursor: string | null
  reasons: { channel: string; error: string; count: number }[]
}

const LOG = '/api/v1/admin/notifications/deliveries'
const DEAD = '/api/v1/admin/notifications/dead-letters'

describe('the log of deliveries', () => {
  let database: TestDatabase
  let app: TestApp
  let staff: Client
  let staffId: string
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    const admin = await makeUser(database.owner, {}, 'admin')
    staffId = admin.id
    staff = await signedIn(app, admin)
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const deliver = async (values: {
    user: string
    channel?: string
    status?: string
    reason?: string
    error?: string
    kind?: string
    daysAgo?: number
  }) => {
    const {
      user,
      channel = 'email',
      status = 'sent',
      reason,
      error,
      kind = 'test.happened',
      daysAgo = 0,
    } = values
    const { rows } = await database.owner.query<{ source_event: string }>(
      `INSERT INTO notification_deliveries (source_event, user_id, channel, kind, status, reason, last_error, created_at, attempts)
       VALUES (uuid_v7(), $1, $2, $3, $4, $5, $6, now() - make_interval(days => $7), 3) RETURNING source_event`,
      [user, channel, kind, status, reason ?? null, error ?? null, daysAgo],
    )
    return rows[0]!.source_event
  }
  const read = async (query: string) => {
    const reply = await staff.get<Log>(`${LOG}?${query}`)
    assert.equal(reply.status, 200, reply.text)
    return reply.body
  }
  const person = async () => (await makeUser(database.owner)).id

  test('says who was told what by which way and why not, filtered, a page at a time', async () => {
    const [amina, juma] = [await person(), await person()]
    const first = await deliver({ user: amina, daysAgo: 20 })
    await deliver({ user: amina, channel: 'push', status: 'skipped', reason: 'switched_off' })
    await deliver({ user: juma, channel: 'sms', kind: 'other.happened' })
    const all = await read(`user_id=${amina}&limit=1`)
    assert.deepEqual(
      all.items.map(({ channel, status, reason }) => [channel, status, reason]),
      [['push', 'skipped', 'switched_off']],
    )
    const rest = await read(`user_id=${amina}&limit=1&cursor=${all.next_cursor}`)
    assert.deepEqual([rest.items.map(({ source_event }) => source_event), rest.next_cursor], [[first], null])
    assert.deepEqual(
      (await read('kind=other.happened&channel=sms&status=sent')).items.map(({ user_id }) => user_id),
      [juma],
    )
    const day = new Date(Date.now() - 20 * 86_400_000).toISOString().slice(0, 10)
    assert.deepEqual(
      (await read(`day=${day}`)).items.map(({ source_event }) => source_event),
      [first],
    )
    assert.ok(
      (await read('channel=email')).items.every(({ source_event }) => source_event !== first),
      'a week',
    )
    assert.equal((await staff.get(`${LOG}?user_id=${juma}&cursor=${all.next_cursor}`)).status, 400)
  })

  test('leaves a trace of whom staff looked at', async () => {
    const amina = await person()
    await deliver({ user: amina })
    await read(`user_id=${amina}`)
    const { rows } = await database.owner.query(
      `SELECT changes FROM audit_logs WHERE action = 'identity.personal_data_read' AND user_id = $1 AND entity_id = $2`,
      [staffId, amina],
    )
    assert.equal(rows.length, 1)
  })

  test('lists what was given up by its errors, and tries it again once', async () => {
    const [amina, juma] = [await person(), await person()]
    const one = await deliver({ user: amina, status: 'dead', error: 'timeout' })
    await deliver({ user: juma, status: 'dead', error: 'timeout' })
    await deliver({ user: juma, channel: 'sms', status: 'failed', error: 'InvalidPhoneNumber' })
    const { rows } = await database.owner.query<{ fact_id: string }>(
      `INSERT INTO facts (name, due_at, attempts, last_error) VALUES ('test.broken', 'infinity', 10, 'TypeError') RETURNING fact_id`,
    )
    const dead = (await staff.get<Log>(DEAD)).body
    assert.equal(dead.items.length, 4)
    assert.deepEqual(
      dead.reasons.map(({ channel, error, count }) => [channel, error, count]),
      [
        ['email', 'timeout', 2],
        ['in_app', 'TypeError', 1],
        ['sms', 'InvalidPhoneNumber', 1],
      ],
    )
    assert.deepEqual(
      (await staff.get<Log>(`${DEAD}?channel=in_app`)).body.items.map(({ kind }) => kind),
      ['test.broken'],
    )
    let cursor = ''
    const paged: string[] = []
    for (let n = 0; n < 4; n++) {
      const { body } = await staff.get<Log>(`${DEAD}?limit=1${cursor}`)
      paged.push(...body.items.map(({ source_event, channel }) => `${source_event} ${channel}`))
      cursor = `&cursor=${body.next_cursor}`
    }
    assert.equal(new Set(paged).size, 4)

    const retry = (body: object) => staff.post<{ retried: number; code: string }>(`${DEAD}/retries`, body)
    assert.equal((await retry({ channel: 'email' })).body.code, 'delivery.not_named')
    assert.equal((await retry({ channel: 'email', source_event: one, user_id: juma })).body.retried, 0)
    assert.equal((await retry({ channel: 'email', source_event: one, user_id: amina })).body.retried, 1)
    assert.equal((await retry({ channel: 'in_app', error: ' ' })).body.retried, 0)
    const many = await Promise.all([1, 2, 3].map(() => retry({ channel: 'email', error: 'timeout' })))
    assert.equal(
      many.reduce((sum, { body }) => sum + body.retried, 0),
      1,
      'who is tried again is not tried twice',
    )
    assert.equal((await retry({ channel: 'in_app', source_event: rows[0]!.fact_id })).body.retried, 1)
    const { rows: waiting } = await database.owner.query<{ n: string }>(
      `SELECT count(*) AS n FROM notification_deliveries WHERE status = 'waiting' AND due_at <= now() AND attempts = 0`,
    )
    assert.equal(waiting[0]?.n, '2')
  })

  test('is staff’s alone', async () => {
    const member = await signedIn(app, { id: await person() })
    for (const url of [LOG, DEAD, '/api/v1/admin/notifications/templates'])
      assert.equal((await member.get(url)).status, 403)
    assert.equal((await member.post(`${DEAD}/retries`, { channel: 'email', error: 'timeout' })).status, 403)
    const { rows } = await database.db.transaction(
      { userId: await person(), roles: [] } as never,
      async (tx) => {
        const { sql } = await import('kysely')
        return sql<{
          n: number
        }>`SELECT retry_deliveries(NULL, NULL, 'sms', 'InvalidPhoneNumber', 10) AS n`.execute(tx)
      },
    )
    assert.equal(rows[0]?.n, 0)
  })
})

type Words = { title: string; problem: string | null }
type Template = {
  fact: string
  urgent: boolean
  channels: string[]
  parameters: { name: string; has_sample: boolean }[]
  texts: Record<'en' | 'sw' | 'fr', Words>
  ways: { language: string; mail: { html: string }; sms: { text: string; segments: number } }[]
}

describe('templates', () => {
  let database: TestDatabase
  let app: TestApp
  let staff: Client
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    staff = await signedIn(app, await makeUser(database.owner, {}, 'admin'))
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  test('show every notice in three languages, as each way says it', async () => {
    const { body } = await staff.get<{ items: Template[] }>('/api/v1/admin/notifications/templates')
    const comment = body.items.find(({ fact }) => fact === 'community.comment_created')
    assert.equal(comment?.texts.fr.title, 'Amina Wanjiru a commenté votre publication')
    assert.deepEqual([comment.urgent, comment.texts.en.problem], [false, null])
    const alert = body.items.find(({ fact }) => fact === 'analytics.alert_raised')
    assert.deepEqual(alert?.parameters, [{ name: 'kind', has_sample: true }])
    const one = await staff.get<Template>('/api/v1/admin/notifications/templates/community.comment_created')
    assert.deepEqual(
      one.body.ways.map(({ language }) => language),
      ['en', 'sw', 'fr'],
    )
    for (const { mail, sms } of one.body.ways) {
      assert.match(mail.html, /<html/)
      assert.ok(sms.text.includes('/community/') && sms.segments >= 1)
    }
    assert.equal((await staff.get('/api/v1/admin/notifications/templates/no.such')).status, 404)
  })
})
