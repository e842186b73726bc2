import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { NOTICES } from '../../app/notices.ts'
import { type Client, signedIn, startApp, type TestApp } from '../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { makeProgram, makeUser } from '../../testing/factories.ts'
import { runTask } from '../../testing/tasks.ts'
import { expandFacts } from './expansion.ts'
import { withdrawBroadcast } from './jobs.ts'

type Broadcast = {
  broadcast_id: string
  status: string
  people: number | null
  told: number
  fact_id: string | null
  sent_by: { user_id: string } | null
  deliveries: { channel: string; status: string; count: number }[]
  segment: { name: string | null }
  items: { broadcast_id: string }[]
  code: string
}
type Reach = {
  people: number
  without_consent: number
  email: { reachable: number; switched_off: number; no_address: number }
}

const URL = '/api/v1/admin/notifications/broadcasts'
const words = (title: string) => ({ title, message: `${title}, kwa kila mtu.` })
const TEXTS = { en: words('Closed on Sunday'), sw: words('Tumefunga Jumapili'), fr: words('Fermé dimanche') }

describe('broadcasts', () => {
  let database: TestDatabase
  let app: TestApp
  let staff: Client
  let colleague: Client
  before(async () => {
    database = await createTestDatabase()
    app = await startApp(database)
    staff = await signedIn(app, await makeUser(database.owner, {}, 'admin'))
    colleague = await signedIn(app, await makeUser(database.owner, {}, 'super_admin'))
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const draft = async (more: object = {}, client = staff) => {
    const body = { type: 'account', channels: ['email'], texts: TEXTS, segment: {}, ...more }
    const reply = await client.post<Broadcast>(URL, body)
    assert.equal(reply.status, 201, reply.text)
    return reply.body
  }
  const reachOf = async ({ broadcast_id }: Broadcast) =>
    (await staff.get<Reach>(`${URL}/${broadcast_id}/reach`)).body
  const send = ({ broadcast_id }: Broadcast, people: number, client = staff) =>
    client.put<Broadcast>(`${URL}/${broadcast_id}/sending`, { people })
  const read = async ({ broadcast_id }: Broadcast) =>
    (await staff.get<Broadcast>(`${URL}/${broadcast_id}`)).body
  const context = () => ({ db: database.workerDb, services: app.services, registry: NOTICES })
  const tell = async () => {
    while (await expandFacts(context()));
  }
  const toldOf = async ({ fact_id }: Broadcast) => {
    const { rows } = await database.owner.query<{ user_id: string }>(
      `SELECT user_id FROM notification_deliveries WHERE source_event = $1 AND channel = 'in_app' AND status = 'sent'`,
      [fact_id],
    )
    return rows.map(({ user_id }) => user_id).sort()
  }
  /** People in a country of their own, by their settings. */
  const village = async (country: string, people: readonly { language?: string; agreed?: boolean }[]) => {
    const ids: string[] = []
    for (const { language = 'en', agreed } of people) {
      const { id } = await makeUser(database.owner, { email_verified: true })
      await database.owner.query(`UPDATE user_profiles SET location = $2 WHERE user_id = $1`, [
        id,
        JSON.stringify({ country }),
      ])
      await database.owner.query(`UPDATE user_settings SET language = $2 WHERE user_id = $1`, [id, language])
      if (agreed !== undefined) {
        await database.owner.query(
          `INSERT INTO user_consents (user_id, purpose, version, granted, source) VALUES ($1, 'marketing', '1', $2, 'test')`,
          [id, agreed],
        )
      }
      ids.push(id)
    }
    return ids.sort()
  }
  const auditsOf = async ({ broadcast_id }: Broadcast) => {
    const { rows } = await database.owner.query<{ action: string }>(
      `SELECT action FROM audit_logs WHERE entity_id = $1 ORDER BY timestamp, log_id`,
      [broadcast_id],
    )
    return rows.map(({ action }) => action)
  }

  test('tell a segment, each person in their language, and say how far they are', async () => {
    const ids = await village('GH', [{ language: 'sw' }, { language: 'fr' }, {}])
    const one = await draft({ segment: { country: 'GH' }, path: '/events?when=past' })
    assert.deepEqual((await reachOf(one)).people, 3)
    const sent = await send(one, 3)
    assert.deepEqual([sent.status, sent.body.status, sent.body.people], [200, 'sending', 3], sent.text)
    await tell()
    const done = await read(one)
    assert.deepEqual([done.status, done.told], ['sent', 3])
    assert.deepEqual(await toldOf(done), ids)
    assert.ok(
      done.deliveries.some(
        ({ channel, status, count }) => channel === 'in_app' && status === 'sent' && count === 3,
      ),
    )
    const seen = new Set<string>()
    for (const id of ids) {
      const reader = await signedIn(app, { id })
      const { body } = await reader.get<{ items: { title: string; action_url: string; actor: unknown }[] }>(
        '/api/v1/me/notifications',
      )
      assert.deepEqual(
        [body.items.length, body.items[0]!.action_url, body.items[0]!.actor],
        [1, '/events?when=past', null],
      )
      seen.add(body.items[0]!.title)
    }
    assert.deepEqual([...seen].sort(), ['Closed on Sunday', 'Fermé dimanche', 'Tumefunga Jumapili'])
    const mails = done.deliveries.filter(({ channel }) => channel === 'email')
    assert.deepEqual(mails, [{ channel: 'email', status: 'waiting', reason: null, count: 3 }])
    assert.deepEqual(await auditsOf(one), ['notifications.broadcast_drafted', 'notifications.broadcast_sent'])
  })

  test('are sent once, whoever presses and however often at the same time', async () => {
    const ids = await village('BW', [{}, {}])
    const one = await draft({ segment: { country: 'BW' } })
    const replies = await Promise.all(
      [staff, colleague, staff, colleague, staff].map((client) => send(one, 2, client)),
    )
    assert.deepEqual(
      replies.map(({ status }) => status),
      [200, 200, 200, 200, 200],
    )
    assert.equal(new Set(replies.map(({ body }) => body.fact_id)).size, 1)
    assert.equal(new Set(replies.map(({ body }) => body.sent_by?.user_id)).size, 1)
    await Promise.all([tell(), tell(), tell()])
    assert.deepEqual(await toldOf(await read(one)), ids)
    assert.equal((await auditsOf(one)).filter((action) => action.endsWith('_sent')).length, 1)
    assert.deepEqual([(await read(one)).told, (await send(one, 2)).body.status], [2, 'sent'])
  })

  test('are drafted once for a key', async () => {
    const body = { type: 'account', channels: [], texts: TEXTS, segment: {} }
    const headers = { 'idempotency-key': 'twice' }
    const made = await Promise.all([1, 2, 3].map(() => staff.post<Broadcast>(URL, body, headers)))
    assert.equal(new Set(made.map(({ body }) => body.broadcast_id)).size, 1)
  })

  test('ask again when the segment has changed since it was counted', async () => {
    await village('ZM', [{}])
    const one = await draft({ segment: { country: 'ZM' } })
    const { people } = await reachOf(one)
    await village('ZM', [{}])
    const refused = await send(one, people)
    assert.deepEqual([refused.status, refused.body.code], [409, 'broadcast.reach_changed'])
    assert.equal((await read(one)).status, 'draft')
    assert.equal((await send(one, 2)).status, 200)
    const late = await village('ZM', [{}])
    await tell()
    assert.deepEqual(
      (await toldOf(await read(one))).filter((id) => late.includes(id)),
      [],
      'who came after it was sent is not told',
    )
    const nobody = await draft({ segment: { country: 'AQ' } })
    assert.equal((await send(nobody, 0)).body.code, 'broadcast.nobody')
  })

  test('of marketing reach those alone who agreed to it', async () => {
    const [agreed] = await village('RW', [{ agreed: true }])
    await village('RW', [{}, { agreed: false }])
    const one = await draft({ type: 'marketing', segment: { country: 'RW' } })
    const reach = await reachOf(one)
    assert.deepEqual([reach.people, reach.without_consent], [1, 2])
    assert.deepEqual(reach.email, { reachable: 0, switched_off: 1, no_address: 0 })
    await send(one, 1)
    await tell()
    assert.deepEqual(await toldOf(await read(one)), [agreed])
  })

  test('are stopped between two slices, and nothing that waited goes out', async () => {
    await village('NA', [{}, {}, {}])
    const one = await draft({ segment: { country: 'NA' } })
    assert.equal(
      (await staff.delete<Broadcast>(`${URL}/${one.broadcast_id}/sending`)).body.code,
      'broadcast.nothing_to_stop',
    )
    const { body } = await send(one, 3)
    const [first] = await database.workerDb.transaction(null, async (tx) => {
      const { nextOfBroadcast } = await import('./queries/broadcasts.ts')
      return nextOfBroadcast(tx, one.broadcast_id, null, 1)
    })
    await database.owner.query(
      `INSERT INTO notification_deliveries (source_event, user_id, channel, status, due_at) VALUES ($1, $2, 'email', 'waiting', now() + interval '1 hour')`,
      [body.fact_id, first],
    )
    const stops = await Promise.all(
      [staff, colleague].map((client) => client.delete<Broadcast>(`${URL}/${one.broadcast_id}/sending`)),
    )
    assert.deepEqual(
      stops.map(({ status, body }) => [status, body.status]),
      [
        [200, 'stopped'],
        [200, 'stopped'],
      ],
    )
    await tell()
    await runTask(withdrawBroadcast, app, database, { broadcast_id: one.broadcast_id })
    const stopped = await read(one)
    assert.deepEqual([stopped.told, await toldOf(stopped)], [1, []])
    assert.ok(stopped.deliveries.every(({ status }) => status !== 'waiting'))
    assert.equal((await send(one, 3)).body.code, 'broadcast.stopped')
    assert.equal((await auditsOf(one)).filter((action) => action.endsWith('_stopped')).length, 1)
  })

  test('narrowed by a program reach who learns there; by something that is gone, nobody', async () => {
    const program = await makeProgram(database.owner, { title: 'Pricing' })
    const learner = await makeUser(database.owner)
    await (await signedIn(app, learner)).post(`/api/v1/programs/${program.program_id}/enrollments`)
    const segment = { narrowed_by: 'program', of: program.program_id }
    const one = await draft({ segment })
    assert.deepEqual([(await reachOf(one)).people, one.segment.name], [1, 'Pricing'])
    const followed = await makeUser(database.owner)
    await (await signedIn(app, learner)).put(`/api/v1/people/${followed.id}/follow`)
    const two = await draft({ segment: { narrowed_by: 'followers', of: followed.id } })
    assert.equal((await reachOf(two)).people, 1)
    await database.owner.query(`UPDATE broadcasts SET followed_id = NULL WHERE broadcast_id = $1`, [
      two.broadcast_id,
    ])
    assert.equal((await reachOf(two)).people, 0)
    const wrong = {
      type: 'account',
      channels: [],
      texts: TEXTS,
      segment: { narrowed_by: 'partner', of: followed.id },
    }
    assert.equal((await staff.post<Broadcast>(URL, wrong)).body.code, 'broadcast.segment_invalid')
  })

  test('stay as they were told, lead to our own pages alone, and have all three languages', async () => {
    await village('MW', [{}])
    const one = await draft({ segment: { country: 'MW' } })
    const body = { type: 'account', channels: [], texts: TEXTS, segment: {} }
    const at = `${URL}/${one.broadcast_id}`
    assert.equal((await staff.put<Broadcast>(at, { ...body, segment: { country: 'MW' } })).status, 200)
    for (const path of [
      '//evil.example',
      '/\\evil.example',
      'https://evil.example',
      '/api/v1/me',
      '/a/../../x',
      '/x y',
    ])
      assert.equal(
        (await staff.put<Broadcast>(at, { ...body, path })).body.code,
        'broadcast.foreign_link',
        path,
      )
    for (const message of [
      'See https://evil.example/x',
      'www.evil.example',
      'evil.example/win',
      'Win: evil.co.ke.',
    ])
      assert.equal(
        (await staff.put<Broadcast>(at, { ...body, texts: { ...TEXTS, sw: { title: 'Habari', message } } }))
          .body.code,
        'broadcast.foreign_link',
        message,
      )
    const { host } = new globalThis.URL(app.services.config.publicUrl)
    const message = `We meet at 10.30, e.g. at Otieno’s.Come early: ${app.services.config.publicUrl}/events or ${host}/events.`
    const plain = {
      ...body,
      segment: { country: 'MW' },
      texts: { ...TEXTS, en: { title: 'Hello', message } },
    }
    assert.equal((await staff.put(at, plain)).status, 200)
    assert.equal((await staff.put(at, { ...body, texts: { en: TEXTS.en, fr: TEXTS.fr } })).status, 400)
    await send(one, 1)
    assert.equal((await staff.put<Broadcast>(at, body)).body.code, 'broadcast.not_draft')
    assert.equal((await staff.delete<Broadcast>(at)).body.code, 'broadcast.not_draft')
    await assert.rejects(
      database.owner.query(`UPDATE broadcasts SET texts = texts || '{"x": 1}' WHERE broadcast_id = $1`, [
        one.broadcast_id,
      ]),
      /stays as it is/,
    )
    const gone = await draft()
    assert.equal((await staff.delete(`${URL}/${gone.broadcast_id}`)).status, 204)
    assert.equal((await staff.get<Broadcast>(`${URL}/${gone.broadcast_id}`)).body.code, 'broadcast.not_found')
  })

  test('are staff’s alone, and sending asks for a recent proof', async () => {
    const one = await draft()
    const member = await signedIn(app, await makeUser(database.owner))
    for (const path of [URL, `${URL}/${one.broadcast_id}`, `${URL}/${one.broadcast_id}/reach`])
      assert.equal((await member.get(path)).status, 403)
    assert.equal((await send(one, 1, member)).status, 403)
    const listed = await staff.get<Broadcast>(`${URL}?limit=1`)
    assert.deepEqual(
      listed.body.items.map(({ broadcast_id }) => broadcast_id),
      [one.broadcast_id],
    )
  })
})
