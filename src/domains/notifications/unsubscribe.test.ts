import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { clientOf, signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeUser } from '../../testing/factories.ts'
import { type Topic, unsubscribeHeaders, unsubscribeToken } from './index.ts'

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
    return { id, token, matrix }
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
      assert.deepEqual(JSON.parse(reply.payload), { channel: 'email', topic: 'community', is_on: false })
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
    assert.deepEqual(state.body, { channel: 'email', topic: 'community', is_on: true })
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

  test('takes back the consent to marketing with its last way (R9)', async () => {
    const { id, token } = await someone('marketing')
    const consents = async () =>
      (
        await database.owner.query(
          `SELECT granted FROM user_consents WHERE user_id = $1 ORDER BY recorded_at`,
          [id],
        )
      ).rows
    await clientOf(app).put(`/api/v1/notifications/subscription?token=${token}`, { is_on: true })
    await click(token)
    assert.deepEqual(await consents(), [{ granted: 't' }, { granted: 'f' }])
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

  test('stands in the headers of a mail as RFC 8058 wants it', () => {
    const headers = unsubscribeHeaders(app.services.config, randomUUID(), 'events')
    assert.match(
      headers['List-Unsubscribe']!,
      /^<https?:\/\/\S+\/api\/v1\/notifications\/unsubscribe\?token=[\w.-]+>$/,
    )
    assert.equal(headers['List-Unsubscribe-Post'], 'List-Unsubscribe=One-Click')
  })
})
