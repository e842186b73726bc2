import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { publishLive } from '../../../platform/realtime/index.ts'
import { type Client, clientOf, signedIn, startApp, type TestApp } from '../../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../../testing/database.ts'
import { type Heard, type Listener, listenTo, portOf } from '../../../testing/events.ts'
import { makeUser } from '../../../testing/factories.ts'

type Item = { notification_id: string; seq: number; title: string; unread_count: number }

describe('a live stream', () => {
  let database: TestDatabase
  let app: TestApp
  before(async () => {
    database = await createTestDatabase()
    // One person comes back more often here than a browser would.
    app = await startApp(database, { env: { RATE_LIMITS: 'off' } })
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  const someone = async () => {
    const { id } = await makeUser(database.owner)
    return { id, client: await signedIn(app, { id }) }
  }
  const hint = (...users: string[]) => publishLive(app.services.cache, { users })
  /** So many in one transaction; the database numbers them. */
  const insert = async (userId: string, titles: readonly string[]) => {
    await database.owner.query(
      `INSERT INTO notifications (notification_id, created_at, user_id, notification_type, title, message)
       SELECT id, uuid_v7_time(id), $1, 'community', title, 'About your post'
       FROM (SELECT uuid_v7() AS id, title FROM unnest($2::text[]) WITH ORDINALITY AS t(title, n) ORDER BY n) new`,
      [userId, titles],
    )
  }
  const tell = async (userId: string, ...titles: string[]) => {
    await insert(userId, titles)
    await hint(userId)
  }
  const open = (client: Client, lastEventId?: string) =>
    listenTo(app, client, lastEventId === undefined ? {} : { lastEventId })
  const ready = (listener: Listener) => listener.until(({ heard }) => heard.length > 0)
  const titlesOf = (listener: Listener) => listener.of<Item>('notification').map(({ data }) => data.title)
  const seqsOf = (heard: readonly Heard<Item>[]) => heard.map(({ data }) => data.seq)

  test('begins with how many are unread and the place to come back to, and tells of what comes', async () => {
    const amina = await someone()
    await insert(amina.id, ['Before'])
    const stream = await open(amina.client)
    await ready(stream)
    assert.deepEqual(stream.heard, [{ id: '1', event: 'unread', data: { count: 1 } }])
    await tell(amina.id, 'Now')
    await stream.until(({ of }) => of('notification').length === 1)
    const [{ id, data }] = stream.of<Item>('notification') as [Heard<Item>]
    const { body } = await amina.client.get<{ items: { thread?: unknown }[] }>('/api/v1/me/notifications')
    const { thread: _, ...listed } = body.items[0]!
    assert.deepEqual([id, data], ['2', { ...listed, unread_count: 2 }])
    stream.close()
  })

  test('is not for strangers, nor for a place that is no number', async () => {
    const { client } = await someone()
    assert.equal((await listenTo(app, { token: null })).status, 401)
    assert.equal((await listenTo(app, client, { lastEventId: 'x' })).status, 400)
    assert.equal((await listenTo(app, client, { query: '?watch=post:1' })).status, 400)
    assert.equal((await clientOf(app).get('/api/v1/stream')).status, 401)
  })

  test('is held back by nobody on the way', async () => {
    const { client } = await someone()
    const stream = await listenTo(app, client, { headers: { 'accept-encoding': 'gzip, br' } })
    const { headers } = stream
    assert.equal(headers['content-type'], 'text/event-stream; charset=utf-8')
    assert.equal(headers['cache-control'], 'no-store, no-transform')
    assert.equal(headers['x-accel-buffering'], 'no')
    assert.equal(headers['content-encoding'], undefined)
    stream.close()
  })

  test('goes on where it was left: what was missed comes first, in order and once', async () => {
    const amina = await someone()
    const first = await open(amina.client)
    await ready(first)
    await tell(amina.id, 'One')
    await first.until(({ of }) => of('notification').length === 1)
    first.close()
    await tell(amina.id, 'Two')
    await tell(amina.id, 'Three', 'Four')
    const again = await open(amina.client, first.lastEventId())
    await again.until(({ of }) => of('notification').length === 3)
    await tell(amina.id, 'Five')
    await again.until(({ of }) => of('notification').length === 4)
    assert.deepEqual(titlesOf(again), ['Two', 'Three', 'Four', 'Five'])
    assert.deepEqual(seqsOf(again.of('notification')), [2, 3, 4, 5])
    const byQuery = await listenTo(app, amina.client, { query: '?last_event_id=3' })
    await byQuery.until(({ of }) => of('notification').length === 2)
    assert.deepEqual(titlesOf(byQuery), ['Four', 'Five'])
    for (const stream of [again, byQuery]) stream.close()
  })

  test('comes back to its place where nothing was missed, and to the end where the last one is gone', async () => {
    const amina = await someone()
    await insert(amina.id, ['One', 'Two', 'Three'])
    const back = await open(amina.client, '3')
    await ready(back)
    assert.deepEqual([titlesOf(back), back.lastEventId()], [[], '3'])
    await database.owner.query('DELETE FROM notifications WHERE user_id = $1 AND seq = 3', [amina.id])
    const older = await open(amina.client, '1')
    await older.until(({ lastEventId }) => lastEventId() === '3')
    assert.deepEqual(titlesOf(older), ['Two'])
    for (const stream of [back, older]) stream.close()
  })

  test('sends a hundred and fifty that were missed; beyond two hundred it says to read the inbox', async () => {
    const amina = await someone()
    await insert(
      amina.id,
      Array.from({ length: 150 }, (_, n) => `No. ${n}`),
    )
    const some = await open(amina.client, '0')
    await some.until(({ of }) => of('notification').length === 150)
    assert.deepEqual(
      seqsOf(some.of('notification')),
      Array.from({ length: 150 }, (_, n) => n + 1),
    )
    await insert(
      amina.id,
      Array.from({ length: 60 }, (_, n) => `More ${n}`),
    )
    const many = await open(amina.client, '0')
    await many.until(({ of }) => of('reset').length === 1)
    assert.deepEqual(
      [many.heard, many.lastEventId()],
      [[{ id: '210', event: 'reset', data: { unread_count: 210 } }], '210'],
    )
    const unknown = await open(amina.client, '999')
    await unknown.until(({ of }) => of('reset').length === 1)
    assert.equal(unknown.lastEventId(), '210')
    for (const stream of [some, many, unknown]) stream.close()
  })

  test('loses and doubles nothing while it is broken off again and again in the midst of what comes', async () => {
    const amina = await someone()
    const start = await open(amina.client)
    await ready(start)
    start.close()
    const heard: number[] = []
    let last = start.lastEventId()
    let isWriting = true
    const write = (async () => {
      for (let n = 0; n < 200; n++) await tell(amina.id, `No. ${n}`)
      isWriting = false
    })()
    while (isWriting || heard.length < 200) {
      const stream = await open(amina.client, last)
      await sleep(Math.random() * 40)
      stream.close()
      heard.push(...seqsOf(stream.of('notification')))
      last = stream.lastEventId() || last
      assert.ok(heard.length <= 200)
    }
    await write
    assert.deepEqual(
      heard,
      Array.from({ length: 200 }, (_, n) => n + 1),
    )
  })

  test('tells each of a person’s devices, and nobody else', async () => {
    const [amina, juma] = [await someone(), await someone()]
    const streams = await Promise.all([amina.client, amina.client, juma.client].map((client) => open(client)))
    await Promise.all(streams.map(ready))
    await insert(amina.id, ['For Amina'])
    await hint(juma.id, amina.id)
    await Promise.all(
      streams.slice(0, 2).map((stream) => stream.until(({ of }) => of('notification').length === 1)),
    )
    await sleep(50)
    assert.deepEqual(titlesOf(streams[2]!), [])
    for (const stream of streams) stream.close()
  })

  test('says when something was read elsewhere', async () => {
    const amina = await someone()
    await insert(amina.id, ['Read me'])
    const stream = await open(amina.client)
    await ready(stream)
    const { items } = (await amina.client.get<{ items: Item[] }>('/api/v1/me/notifications')).body
    assert.equal(
      (await amina.client.put(`/api/v1/me/notifications/${items[0]!.notification_id}/read`)).status,
      204,
    )
    await stream.until(({ of }) => of('unread').length === 2)
    assert.deepEqual(stream.of('unread')[1]!.data, { count: 0 })
    stream.close()
  })

  test('with a seventh the oldest ends, and is told not to come back soon', async () => {
    const { client } = await someone()
    const streams: Listener[] = []
    for (let n = 0; n < 7; n++) streams.push(await open(client))
    await streams[0]!.ended()
    assert.deepEqual(streams[0]!.of('bye')[0]!.data, { reason: 'replaced' })
    assert.equal(streams[0]!.retryMs(), 3_600_000)
    await sleep(50)
    for (const stream of streams.slice(1)) {
      assert.equal(stream.of('bye').length, 0)
      stream.close()
    }
  })

  test('bears a storm: hundreds who come back at once, thousands of hints, and one who reads nothing', async () => {
    const people = await Promise.all(Array.from({ length: 60 }, someone))
    const stalled = await open(people[0]!.client)
    await ready(stalled)
    stalled.stall()
    const storm = async () =>
      Promise.all(people.flatMap(({ client }) => Array.from({ length: 4 }, () => open(client, '0'))))
    const before = await storm()
    for (const stream of before) stream.close()
    const streams = await storm()
    await Promise.all(people.map(({ id }) => insert(id, ['In the storm'])))
    const hints = people.map(({ id }) => id)
    await Promise.all(Array.from({ length: 100 }, () => hint(...hints)))
    await Promise.all(
      streams.map((stream) => stream.until(({ of }) => of('notification').length > 0, 15_000)),
    )
    await sleep(100)
    for (const stream of streams) assert.deepEqual(titlesOf(stream), ['In the storm'])
    for (const stream of [stalled, ...streams]) stream.close()
  })

  test('is not there to be counted, timed or ended by the server’s own waits', async () => {
    const { client } = await someone()
    const stream = await open(client)
    await ready(stream)
    assert.match(await app.services.metrics.text(), /^streams_open \d+$/m)
    stream.close()
    await sleep(50)
    assert.doesNotMatch(await app.services.metrics.text(), /route="\/api\/v1\/stream",status="2xx"/)
  })

  test('ends with a goodbye when the server stops, which waits for nobody', async () => {
    const amina = await someone()
    const other = await startApp(database)
    await portOf(other)
    const stream = await listenTo(other, amina.client)
    assert.match(String(stream.headers['ratelimit-policy']), /^"stream";q=60;w=60/)
    const deaf = await listenTo(other, amina.client)
    deaf.stall()
    await ready(stream)
    const from = performance.now()
    await other.close()
    assert.ok(performance.now() - from < 4000)
    await stream.ended()
    assert.deepEqual(stream.of('bye')[0]!.data, { reason: 'shutdown' })
    assert.ok(stream.retryMs()! >= 1000 && stream.retryMs()! <= 10_000)
  })
})
