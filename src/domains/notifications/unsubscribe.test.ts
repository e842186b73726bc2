import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { clientOf, signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeUser } from '../../testing/factories.ts'
import { type Topic, unsubscribeHeaders, unsubscribeToken } from './index.ts'
import { undoToken } from './unsubscribe-token.ts'

type Settings = { notifications: { matrix: Record<string, Record<string, boolean>>; digest: string } }

describe('a link that unsubscribes', () => {
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

  const someone = async (topic: Topic = 'community') => {
    const { id } = await makeUser(database.owner)
    const client = await signedIn(app, { id })
    const matrix = async () => (await client.get<Settings>('/api/v1/me/settings')).body.notifications.matrix
    const token = unsubscribeToken(app.services.config, { userId: id, channel: 'email', topic })
    return { id, token, matrix, client }
  }
  const click = (
    token: string,
    body = 'List-Unsubscribe=One-Click',
    type = 'application/x-www-form-urlencoded',
  ) =>
    app.server.inject({
      method: 'POST',
      url: `/api/v1/notifications/unsubscribe?token=${token}`,
      headers: { 'content-type': type },
      payload: body,
    })

  test('does so with one click, without a session, as often as it is clicked, of its own type and way alone', async () => {
    const { token, matrix } = await someone()
    const before = await matrix()
    assert.equal(before.community?.email, true)
    const replies = await Promise.all([click(token), click(token), click(token)])
    for (const reply of replies) {
      assert.equal(reply.statusCode, 200)
      const { undo, ...state } = JSON.parse(reply.payload)
      assert.deepEqual(state, { channel: 'email', topic: 'community', is_on: false })
      assert.match(undo, /^community\./)
    }
    assert.deepEqual(await matrix(), { ...before, community: { ...before.community, email: false } })
  })

  test('takes the form as mail programs send it, of either kind, and nothing else', async () => {
    const { token, matrix } = await someone()
    for (const [body, type] of [
      ['', 'application/x-www-form-urlencoded'],
      ['List-Unsubscribe=Maybe', 'application/x-www-form-urlencoded'],
    ] as const)
      assert.equal((await click(token, body, type)).statusCode, 400, body)
    assert.equal((await click(token, '{}', 'text/plain')).statusCode, 415)
    assert.equal((await click(token, `List-Unsubscribe=One-Click&${'x'.repeat(9000)}`)).statusCode, 413)
    assert.equal((await matrix()).community?.email, true)
    const parts =
      '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n'
    assert.equal((await click(token, parts, 'multipart/form-data; boundary=b')).statusCode, 200)
    assert.equal((await matrix()).community?.email, false)
  })

  test('changes nothing when a scanner opens it', async () => {
    const { token, matrix } = await someone()
    const reply = await app.server.inject({
      method: 'GET',
      url: `/api/v1/notifications/unsubscribe?token=${token}`,
    })
    assert.equal(reply.statusCode, 303)
    assert.equal(reply.headers.location, `${app.services.config.publicUrl}/unsubscribe?token=${token}`)
    const state = await clientOf(app).get(`/api/v1/notifications/subscription?token=${token}`)
    assert.deepEqual(state.body, { channel: 'email', topic: 'community', is_on: true, undo: null })
    assert.equal((await matrix()).community?.email, true)
  })

  test('can be taken back', async () => {
    const { token, matrix } = await someone()
    const set = (is_on: boolean) =>
      clientOf(app).put(`/api/v1/notifications/subscription?token=${token}`, { is_on })
    assert.equal((await set(false)).body.is_on, false)
    assert.equal((await matrix()).community?.email, false)
    assert.equal((await set(true)).body.is_on, true)
    assert.equal((await matrix()).community?.email, true)
  })

  test('of a digest switches off what it gathers, and nothing that cannot wait', async () => {
    const { token, matrix } = await someone('digest')
    await click(token)
    const off = Object.entries(await matrix())
      .filter(([, ways]) => !ways.email)
      .map(([type]) => type)
    assert.deepEqual(off.sort(), ['community', 'learning', 'marketing', 'partners'])
  })

  const consentsOf = async (id: string) =>
    (
      await database.owner.query<{ granted: string; source: string }>(
        `SELECT granted, source FROM user_consents WHERE user_id = $1 AND purpose = 'marketing' ORDER BY recorded_at`,
        [id],
      )
    ).rows.map(({ granted, source }) => [granted === 't', source])
  const setBy = (token: string, body: { is_on: boolean; undo?: string }) =>
    clientOf(app).put<{ is_on: boolean; undo: string | null; code?: string }>(
      `/api/v1/notifications/subscription?token=${token}`,
      body,
    )

  test('takes back the consent to marketing with its last way (R9), and says by what', async () => {
    const { token, client, id } = await someone('marketing')
    const choose = (email: boolean, push: boolean) =>
      client.patch('/api/v1/me/settings', { notifications: { matrix: { marketing: { email, push } } } })
    await choose(true, true)
    await click(token)
    assert.deepEqual(await consentsOf(id), [[true, 'settings']])
    await choose(true, false)
    await Promise.all([click(token), click(token), click(token)])
    assert.deepEqual(await consentsOf(id), [
      [true, 'settings'],
      [false, 'unsubscribe_link'],
    ])
  })

  test('never says yes to marketing for anybody, were it a digest’s or marketing’s own (R9)', async () => {
    for (const topic of ['digest', 'marketing'] as const) {
      const { token, matrix, client, id } = await someone(topic)
      const { undo } = (await setBy(token, { is_on: false })).body
      await setBy(token, { is_on: true, ...(undo && { undo }) })
      const refused = await setBy(token, { is_on: true })
      assert.deepEqual([refused.status, refused.body.code], [409, 'notifications.switched_on_in_settings'])
      assert.equal((await matrix()).marketing?.email, false)
      assert.deepEqual(await consentsOf(id), [])
      await client.patch('/api/v1/me/settings', {
        notifications: { matrix: { marketing: { email: true } } },
      })
      const off = (await setBy(token, { is_on: false })).body
      await setBy(token, { is_on: true, ...(off.undo && { undo: off.undo }) })
      assert.equal((await matrix()).marketing?.email, false)
      assert.deepEqual(await consentsOf(id), [
        [true, 'settings'],
        [false, 'unsubscribe_link'],
      ])
    }
  })

  test('of a digest is taken back as far as that very click went, by whoever clicked, within a day', async () => {
    const { token, matrix, client, id } = await someone('digest')
    await client.patch('/api/v1/me/settings', {
      notifications: { matrix: { learning: { email: false }, partners: { email: true } } },
    })
    const before = await matrix()
    const { undo } = (await setBy(token, { is_on: false })).body
    assert.ok(undo)
    assert.equal((await setBy(token, { is_on: false })).body.undo, null, 'a second click changed nothing')
    assert.equal((await matrix()).community?.email, false)
    const another = await someone('digest')
    for (const [one, by] of [
      [another.token, undo],
      [token, undo.replace('community', 'learning')],
      [token, `learning-${undo}`],
      [token, 'x'],
    ] as const)
      assert.equal((await setBy(one, { is_on: true, undo: by })).status, 409, by)
    const { config, clock } = app.services
    const link = { userId: id, channel: 'email', topic: 'digest' } as const
    const stale = undoToken(config, link, ['community'], new Date(clock.now().getTime() - 86_400_001))
    assert.equal((await setBy(token, { is_on: true, undo: stale })).status, 409)
    assert.equal((await setBy(token, { is_on: true, undo })).body.is_on, true)
    assert.deepEqual(await matrix(), before)
  })

  test('writes no more than ten undone clicks an hour, and never refuses to switch off', async () => {
    const { id, token, matrix } = await someone()
    const on: number[] = []
    for (let at = 0; at < 15; at++) {
      assert.equal((await setBy(token, { is_on: false })).status, 200)
      assert.equal((await click(token)).statusCode, 200)
      on.push((await setBy(token, { is_on: true })).status)
    }
    assert.deepEqual(on, [...Array(10).fill(200), ...Array(5).fill(429)])
    assert.equal((await matrix()).community?.email, false)
    const { rows } = await database.owner.query<{ count: string }>(
      `SELECT count(*) FROM audit_logs WHERE action = 'identity.settings_changed' AND entity_id = $1`,
      [id],
    )
    assert.equal(Number(rows[0]?.count), 21, 'what changes nothing leaves no row')
    assert.deepEqual(await consentsOf(id), [])
  })

  test('that is forged, of another secret, or of what cannot be switched off is refused', async () => {
    const { id, token } = await someone()
    const { config } = app.services
    const of = (channel: string, topic: string) =>
      unsubscribeToken(config, { userId: id, channel: channel as 'email', topic: topic as Topic })
    const bad = [
      token.slice(0, -1),
      token.replace('community', 'learning'),
      unsubscribeToken(
        { secretKey: 'another secret of thirty-two 1234' },
        { userId: id, channel: 'email', topic: 'events' },
      ),
      of('email', 'security'),
      of('pigeon', 'events'),
      of('email', 'gossip'),
      'x',
    ]
    for (const one of bad) {
      const reply = await click(one)
      assert.equal(reply.statusCode, 400, one)
      assert.equal(JSON.parse(reply.payload).code, 'notifications.link_invalid')
    }
  })

  test('of somebody who is gone says that nothing is sent', async () => {
    const token = unsubscribeToken(app.services.config, {
      userId: randomUUID(),
      channel: 'email',
      topic: 'events',
    })
    const reply = await click(token)
    assert.deepEqual([reply.statusCode, JSON.parse(reply.payload).is_on], [200, false])
  })

  test('is described with the form that mail programs post, and so is what servers report', async () => {
    const document = (await app.server.inject({ url: '/openapi.json' })).json()
    const content = (path: string) => document.paths[`/api/v1${path}`].post.requestBody.content
    const form = content('/notifications/unsubscribe')
    assert.deepEqual(Object.keys(form), ['application/x-www-form-urlencoded', 'multipart/form-data'])
    assert.deepEqual(form['multipart/form-data'].schema.required, ['List-Unsubscribe'])
    assert.equal(content('/hooks/mail/bounces')['message/rfc822'].schema.type, 'string')
    const report = content('/hooks/sms/reports')['application/x-www-form-urlencoded']
    assert.deepEqual(report.schema.required, ['id', 'status'])
  })

  test('stands in the headers of a mail as RFC 8058 wants it', () => {
    const headers = unsubscribeHeaders(app.services.config, randomUUID(), 'events')
    assert.match(
      headers['List-Unsubscribe']!,
      /^<https?:\/\/\S+\/api\/v1\/notifications\/unsubscribe\?token=[\w.-]+>$/,
    )
    assert.equal(headers['List-Unsubscribe-Post'], 'List-Unsubscribe=One-Click')
  })
})
