import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Client, clientOf, signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeUser } from '../../testing/factories.ts'
import { NOTIFICATION_TYPES } from './index.ts'

const SETTINGS = '/api/v1/me/settings'
type Refusal = { code: string; errors: { pointer: string }[] }
type Row = { email: boolean; sms: boolean; push: boolean; in_app: boolean }
type Settings = Record<string, unknown> & {
  notifications: {
    matrix: Record<string, Row>
    quiet_hours: unknown
    digest: string
    email_when_away: boolean
  }
}

describe('settings', () => {
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

  const person = async () => {
    const user = await makeUser(database.owner)
    return { id: user.id, client: await signedIn(app, user) }
  }
  const change = async (client: Client, fields: unknown) => {
    const reply = await client.patch<Settings>(SETTINGS, fields)
    assert.equal(reply.status, 200, reply.text)
    return reply.body
  }
  const matrix = async (client: Client) => (await client.get<Settings>(SETTINGS)).body.notifications.matrix
  const column = async (id: string, name: string) =>
    (await database.owner.query(`SELECT ${name} AS value FROM user_settings WHERE user_id = $1`, [id]))
      .rows[0].value

  test('keep what brings somebody here, and how far they have come in telling it', async () => {
    const { client } = await person()
    const onboarding = { goals: ['learn', 'meet'], step: 'skills' }
    await client.patch(SETTINGS, { onboarding })
    const { body } = await client.patch<{ onboarding: unknown }>(SETTINGS, { onboarding: { step: 'done' } })
    assert.deepEqual(body.onboarding, { ...onboarding, step: 'done' })
    for (const wrong of [{ goals: ['fame'] }, { goals: ['learn', 'learn'] }, { step: 'home' }, {}])
      assert.equal((await client.patch(SETTINGS, { onboarding: wrong })).status, 400, JSON.stringify(wrong))
  })

  test('begin as the specification has them: all by mail and push, nothing by SMS, no marketing', async () => {
    const { id, client } = await person()
    const { body } = await client.get<Settings>(SETTINGS)
    const { updated_at: _, notifications, ...rest } = body
    assert.deepEqual(rest, {
      language: 'en',
      timezone: 'Africa/Nairobi',
      currency: 'KES',
      theme: 'light',
      dashboard_layout: null,
      profile_visibility: 'public',
      show_activity: true,
      allow_messages: 'all',
      onboarding: { goals: [], step: 'goals' },
    })
    assert.deepEqual([notifications.quiet_hours, notifications.digest], [null, 'off'])
    assert.deepEqual(Object.keys(notifications.matrix), [...NOTIFICATION_TYPES])
    for (const [type, row] of Object.entries(notifications.matrix)) {
      const on = type !== 'marketing'
      assert.deepEqual(row, { email: on, sms: false, push: on, in_app: true }, type)
    }
    assert.equal(await column(id, 'email_notifications'), '{"all": true}')
  })

  test('change what is named and keep the rest', async () => {
    const { client } = await person()
    const layout = [{ widget: 'next-lesson', column: 0, row: 0, width: 6, height: 2 }]
    await change(client, { language: 'sw', timezone: 'Africa/Lagos', dashboard_layout: layout })
    const body = await change(client, { currency: 'NGN', theme: 'dark', allow_messages: 'connections_only' })
    assert.deepEqual(
      [body.language, body.timezone, body.currency, body.theme, body.allow_messages, body.dashboard_layout],
      ['sw', 'Africa/Lagos', 'NGN', 'dark', 'connections_only', layout],
    )
    assert.equal((await change(client, { dashboard_layout: null })).dashboard_layout, null)
    const { body: me } = await client.get<{ settings: unknown }>('/api/v1/me')
    assert.deepEqual(me.settings, {
      language: 'sw',
      timezone: 'Africa/Lagos',
      currency: 'NGN',
      profile_visibility: 'public',
      theme: 'dark',
    })
  })

  test('keep their default form for whatever was not chosen', async () => {
    const { id, client } = await person()
    const { notifications } = await change(client, {
      notifications: { matrix: { learning: { email: false, sms: true }, events: { push: false } } },
    })
    assert.deepEqual(notifications.matrix.learning, { email: false, sms: true, push: true, in_app: true })
    assert.deepEqual(notifications.matrix.events, { email: true, sms: false, push: false, in_app: true })
    assert.deepEqual(
      [await column(id, 'email_notifications'), await column(id, 'sms_notifications')],
      ['{"all": true, "learning": false}', '{"all": false, "learning": true}'],
    )
    await database.owner.query(
      `UPDATE user_settings SET email_notifications = '{"all": false}' WHERE user_id = $1`,
      [id],
    )
    const off = await matrix(client)
    assert.deepEqual(
      [off.community?.email, off.security?.email],
      [false, true],
      'security is mailed all the same',
    )
  })

  test('of which two tabs change different cells at once keep both', async () => {
    const { client } = await person()
    const types = ['learning', 'events', 'community', 'messages', 'commerce']
    await Promise.all(
      types.map((type) => change(client, { notifications: { matrix: { [type]: { push: false } } } })),
    )
    const cells = await matrix(client)
    for (const type of types) assert.equal(cells[type]?.push, false, type)
  })

  test('cannot silence the mail on security nor the list in the application', async () => {
    const { id, client } = await person()
    for (const [type, channel] of [
      ['security', 'email'],
      ['security', 'in_app'],
      ['learning', 'in_app'],
    ] as const) {
      const body = { notifications: { matrix: { [type]: { [channel]: false } } } }
      const reply = await client.patch<Refusal>(SETTINGS, body)
      assert.equal(reply.status, 400)
      assert.equal(reply.body.errors[0]?.pointer, `/notifications/matrix/${type}/${channel}`)
    }
    const whole = await matrix(client)
    assert.deepEqual((await change(client, { notifications: { matrix: whole } })).notifications.matrix, whole)
    await assert.rejects(
      database.owner.query(
        `UPDATE user_settings SET email_notifications = '{"all": true, "security": false}' WHERE user_id = $1`,
        [id],
      ),
      /security_mail_stays_on/,
    )
  })

  test('write a yes or no to marketing to the ledger of consents, once each (R9)', async () => {
    const { id, client } = await person()
    const ledger = async () => {
      const { rows } = await database.owner.query(
        `SELECT granted, source, ip_address IS NOT NULL AS told FROM user_consents
         WHERE user_id = $1 AND purpose = 'marketing' ORDER BY recorded_at`,
        [id],
      )
      return rows.map(({ granted, source, told }) => `${granted} ${source} ${told}`)
    }
    const marketing = (row: Partial<Row>) => change(client, { notifications: { matrix: { marketing: row } } })
    await marketing({ email: false })
    assert.deepEqual(await ledger(), [], 'no was so already')
    await marketing({ email: true })
    await marketing({ push: true })
    await change(client, { notifications: { matrix: { learning: { email: false } } } })
    await marketing({ email: false })
    assert.deepEqual(await ledger(), ['t settings t'])
    await marketing({ push: false })
    assert.deepEqual(await ledger(), ['t settings t', 'f settings t'])
  })

  test('take quiet hours and a digest, and let them go', async () => {
    const { client } = await person()
    const quiet_hours = { start: '22:00', end: '06:30' }
    const { notifications } = await change(client, { notifications: { quiet_hours, digest: 'daily' } })
    assert.deepEqual([notifications.quiet_hours, notifications.digest], [quiet_hours, 'daily'])
    const away = await change(client, { notifications: { email_when_away: true } })
    assert.equal(away.notifications.email_when_away, true)
    const later = await change(client, { notifications: { digest: 'weekly' } })
    assert.deepEqual(later.notifications.quiet_hours, quiet_hours)
    const none = await change(client, { notifications: { quiet_hours: null } })
    assert.deepEqual([none.notifications.quiet_hours, none.notifications.digest], [null, 'weekly'])
  })

  test('refuse what is not of their form, and name the field', async () => {
    const { id, client } = await person()
    const widget = { widget: 'a', column: 0, row: 0, width: 1, height: 1 }
    for (const [body, pointer] of [
      [{}, ''],
      [{ language: 'de' }, '/language'],
      [{ language: null }, '/language'],
      [{ timezone: 'Africa/Atlantis' }, '/timezone'],
      [{ timezone: 'EST' }, '/timezone'],
      [{ currency: 'XYZ' }, '/currency'],
      [{ currency: 'kes' }, '/currency'],
      [{ theme: 'pink' }, '/theme'],
      [{ profile_visibility: 'friends' }, '/profile_visibility'],
      [{ show_activity: 'yes' }, '/show_activity'],
      [{ dashboard_layout: Array(51).fill(widget) }, '/dashboard_layout'],
      [{ dashboard_layout: [{ ...widget, script: 'x' }] }, '/dashboard_layout/0/script'],
      [{ dashboard_layout: [{ ...widget, widget: '<b>' }] }, '/dashboard_layout/0/widget'],
      [{ notifications: {} }, '/notifications'],
      [{ notifications: { matrix: { gossip: { email: true } } } }, '/notifications/matrix/gossip'],
      [{ notifications: { matrix: { all: { email: true } } } }, '/notifications/matrix/all'],
      [{ notifications: { matrix: { learning: { fax: true } } } }, '/notifications/matrix/learning/fax'],
      [{ notifications: { quiet_hours: { start: '22:00' } } }, '/notifications/quiet_hours/end'],
      [
        { notifications: { quiet_hours: { start: '24:00', end: '06:00' } } },
        '/notifications/quiet_hours/start',
      ],
      [
        { notifications: { quiet_hours: { start: '22:00', end: '22:00' } } },
        '/notifications/quiet_hours/end',
      ],
      [{ notifications: { digest: 'hourly' } }, '/notifications/digest'],
      [{ user_id: id }, '/user_id'],
      [{ email_notifications: {} }, '/email_notifications'],
      [{ updated_at: '2030-01-01T00:00:00Z' }, '/updated_at'],
    ] as const) {
      const reply = await client.patch<Refusal>(SETTINGS, body)
      assert.equal(reply.status, 400, `${JSON.stringify(body).slice(0, 80)} → ${reply.text}`)
      assert.equal(reply.body.errors[0]?.pointer, pointer)
    }
  })

  test('stay one’s own', async () => {
    const amina = await person()
    const other = await person()
    await change(amina.client, { theme: 'dark' })
    assert.equal((await other.client.get<Settings>(SETTINGS)).body.theme, 'light')
    assert.equal((await clientOf(app).get(SETTINGS)).status, 401)
    assert.equal((await clientOf(app).patch(SETTINGS, { theme: 'dark' })).status, 401)
  })
})
