import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Client, clientOf, signIn, startApp, type TestApp } from '../../testing/client.ts'
import { fixedClock } from '../../testing/clock.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { insert, makeUser, type TestUser } from '../../testing/factories.ts'
import { redisServerFound, startRedis } from '../../testing/redis.ts'

type Setting = { key: string; value: unknown; updated_by: { user_id: string } | null }
type Answer = Setting & { code: string; errors: { pointer: string }[] }

const INITIAL = {
  'billing.default_currency': 'KES',
  'platform.announcement': null,
  'platform.maintenance_mode': false,
  'platform.registration_open': true,
  'platform.support_email': null,
}
const DAYS = { access: 7, erasure: 7, rectification: 7, restriction: 7, objection: 7, portability: 7 }
const ANNOUNCEMENT = { en: 'Hello', sw: 'Habari', fr: 'Bonjour' }

describe('the settings of the platform', () => {
  let database: TestDatabase
  let app: TestApp
  let admin: TestUser
  let staff: Client
  const clock = fixedClock(new Date(Date.now() + 60_000)) // after the roles that are granted below
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database, { services: { clock } })
    admin = await makeUser(database.owner, {}, 'admin')
    staff = await signIn(app, admin)
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const put = (key: string, value: unknown, client = staff) =>
    client.put<Answer>(`/api/v1/admin/settings/${key}`, { value })
  const read = async (client: Client = clientOf(app)) =>
    (await client.get<Record<string, unknown>>('/api/v1/settings')).body

  test('are there from the first day, for everybody to read, with an ETag', async () => {
    const { status, body, headers } = await clientOf(app).get('/api/v1/settings')
    assert.equal(status, 200)
    assert.deepEqual(body, INITIAL)
    const tag = { 'if-none-match': String(headers.etag) }
    assert.equal((await clientOf(app).get('/api/v1/settings', tag)).status, 304)
  })

  test('are listed for staff alone, with who changed them last', async () => {
    await put('platform.support_email', 'help@example.com')
    const { body } = await staff.get<{ items: Setting[] }>('/api/v1/admin/settings')
    assert.deepEqual(
      body.items.map(({ key }) => key),
      [...Object.keys(INITIAL), 'privacy.request_due_days'],
    )
    const changed = body.items.find(({ key }) => key === 'platform.support_email')
    assert.deepEqual([changed?.value, changed?.updated_by?.user_id], ['help@example.com', admin.id])
    await put('platform.support_email', null)
  })

  test('are neither listed nor changed for anybody else', async () => {
    const others = await Promise.all(
      ['member', 'coach', 'partner'].map(async (role) =>
        signIn(app, await makeUser(database.owner, {}, role)),
      ),
    )
    for (const client of others) {
      assert.equal((await client.get('/api/v1/admin/settings')).status, 403)
      assert.equal((await put('platform.registration_open', false, client)).status, 403)
    }
    assert.equal((await clientOf(app).get('/api/v1/admin/settings')).status, 401)
    assert.equal((await put('platform.registration_open', false, clientOf(app))).status, 401)
    assert.deepEqual(await read(), INITIAL)
  })

  test('show a change at once, and the log keeps what it was', async () => {
    await read()
    const { status, body } = await put('platform.announcement', ANNOUNCEMENT)
    assert.deepEqual([status, body.value], [200, ANNOUNCEMENT])
    assert.deepEqual((await read())['platform.announcement'], ANNOUNCEMENT)
    await put('platform.announcement', null)
    const { rows } = await database.owner.query(
      `SELECT changes FROM audit_logs WHERE action = 'identity.setting_changed' AND user_id = $1 AND changes ? 'platform.announcement'
       ORDER BY timestamp, log_id`,
      [admin.id],
    )
    assert.deepEqual(
      rows.map(({ changes }) => JSON.parse(changes)['platform.announcement']),
      [
        { from: null, to: ANNOUNCEMENT },
        { from: ANNOUNCEMENT, to: null },
      ],
    )
  })

  test('take nothing but what they are for, and name what is wrong', async () => {
    for (const [key, value, pointer] of [
      ['platform.maintenance_mode', 'true', '/value'],
      ['platform.maintenance_mode', null, '/value'],
      ['platform.registration_open', 0, '/value'],
      ['platform.support_email', 'nobody', '/value'],
      ['platform.support_email', `${'x'.repeat(300)}@example.com`, '/value'],
      ['platform.announcement', 'Hello', '/value'],
      ['platform.announcement', { en: 'Hello' }, '/value'],
      ['platform.announcement', { ...ANNOUNCEMENT, de: 'Hallo' }, '/value'],
      ['platform.announcement', { ...ANNOUNCEMENT, en: 'x'.repeat(501) }, '/value/en'],
      ['platform.announcement', { ...ANNOUNCEMENT, en: 'turned \u202e round' }, '/value/en'],
      ['billing.default_currency', 'kes', '/value'],
      ['billing.default_currency', 'QQQ', '/value'],
      ['privacy.request_due_days', { access: 7 }, '/value'],
      ['privacy.request_due_days', { ...DAYS, access: 31 }, '/value/access'],
    ] as const) {
      const { status, body } = await put(key, value)
      assert.deepEqual(
        [status, body.code],
        [400, 'setting.invalid_value'],
        `${key} = ${JSON.stringify(value)}`,
      )
      assert.ok(body.errors[0]?.pointer.startsWith(pointer), `${key}: ${body.errors[0]?.pointer}`)
    }
    assert.deepEqual(await read(), INITIAL)
  })

  test('that are not known are not there, whatever the table holds', async () => {
    await insert(database.owner, 'system_settings', {
      setting_key: 'secret.key',
      setting_value: JSON.stringify('hidden'),
      is_public: true,
    })
    for (const key of ['secret.key', 'nobody.knows']) {
      const { status, body } = await put(key, true)
      assert.deepEqual([status, body.code], [404, 'setting.not_found'])
    }
    const { text } = await staff.get('/api/v1/admin/settings')
    assert.doesNotMatch(text, /secret\.key/)
    assert.deepEqual(await read(), INITIAL)
  })

  test('that are private are not read by the public', async () => {
    const change = `UPDATE system_settings SET is_public = $1 WHERE setting_key = 'platform.support_email'`
    await database.owner.query(change, [false])
    await put('platform.support_email', 'staff@example.com')
    assert.ok(!('platform.support_email' in (await read())))
    assert.match((await staff.get('/api/v1/admin/settings')).text, /staff@example\.com/)
    await database.owner.query(change, [true])
    await put('platform.support_email', null)
  })

  test('changed by two at once tell each what it replaced', async () => {
    const key = 'billing.default_currency'
    await Promise.all(['UGX', 'RWF', 'TZS', 'XOF'].map((currency) => put(key, currency)))
    const last = (await read())[key]
    await put(key, 'KES')
    const { rows } = await database.owner.query(
      `SELECT changes -> $1 ->> 'from' AS was, changes -> $1 ->> 'to' AS is FROM audit_logs WHERE changes ? $1`,
      [key],
    )
    const next = new Map(rows.map(({ was, is }) => [was, is]))
    const chain = ['KES']
    for (let n = 0; n < 5; n++) chain.push(next.get(chain.at(-1)))
    assert.equal(new Set(chain).size, 5, `a chain from KES to KES: ${chain}`)
    assert.deepEqual([chain.at(-1), chain.at(-2)], ['KES', last])
  })

  test('are changed only by who proved themselves a moment ago', async () => {
    const client = await signIn(app, admin)
    clock.advance(11 * 60_000)
    assert.equal((await put('platform.maintenance_mode', true, client)).body.code, 'auth.step_up_required')
    assert.equal((await read())['platform.maintenance_mode'], false)
  })
})

if (redisServerFound)
  test('a setting that changes is read changed from every process', async () => {
    const [database, redis] = await Promise.all([createTestDatabase(), startRedis()])
    const env = { REDIS_URL: redis.url }
    const [one, other] = [await startApp(database, { env }), await startApp(database, { env })]
    try {
      const staff = await signIn(one, await makeUser(database.owner, {}, 'admin'))
      const read = async () =>
        (await clientOf(other).get<Record<string, unknown>>('/api/v1/settings')).body[
          'billing.default_currency'
        ]
      assert.equal(await read(), 'KES')
      for (const value of ['UGX', 'KES', 'ETB']) {
        await staff.put('/api/v1/admin/settings/billing.default_currency', { value })
        assert.equal(await read(), value)
      }
    } finally {
      await Promise.all([one.close(), other.close()])
      await database.close()
      await redis.stop()
    }
  })
