import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { publishLive } from '../../../platform/realtime/index.ts'
import { type Client, signedIn, startApp, type TestApp } from '../../../testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../../../testing/database.ts'
import { type Listener, listenTo } from '../../../testing/events.ts'
import { makeUser } from '../../../testing/factories.ts'
import { redisServerFound, startRedis, type TestRedis } from '../../../testing/redis.ts'

if (redisServerFound) describe('streams on two processes that share a Redis', onTwoProcesses)
else
  test('without redis-server on this machine two processes are not tried', () => assert.ok(!process.env.CI))

function onTwoProcesses(): void {
  let database: TestDatabase
  let redis: TestRedis
  let here: TestApp
  let there: TestApp
  before(async () => {
    database = await createTestDatabase()
    redis = await startRedis()
    const env = { REDIS_URL: redis.url, RATE_LIMITS: 'off' }
    here = await startApp(database, { env })
    there = await startApp(database, { env })
  })
  after(async () => {
    await Promise.all([here.close(), there.close()])
    await redis.stop()
    await database.close()
  })

  const someone = async () => {
    const { id } = await makeUser(database.owner)
    return { id, client: await signedIn(here, { id }) }
  }
  const insert = (userId: string, title: string) =>
    database.owner.query(
      `INSERT INTO notifications (notification_id, created_at, user_id, notification_type, title, message)
       SELECT id, uuid_v7_time(id), $1, 'community', $2, 'About your post' FROM (SELECT uuid_v7() AS id) new`,
      [userId, title],
    )
  const open = async (app: TestApp, client: Client, lastEventId?: string) => {
    const stream = await listenTo(app, client, lastEventId === undefined ? {} : { lastEventId })
    await stream.until(({ heard, lastEventId: place }) => heard.length > 0 || place() !== '')
    return stream
  }
  const titlesOf = (stream: Listener) =>
    stream.of<{ title: string }>('notification').map(({ data }) => data.title)
  const back = async () => {
    for (let tries = 0; tries < 200; tries++) {
      if (
        await here.services.cache.ping().then(
          () => true,
          () => false,
        )
      )
        return
      await sleep(25)
    }
    assert.fail('Redis did not come back')
  }

  test('whatever process publishes, each tells its own', async () => {
    const amina = await someone()
    const streams = [await open(here, amina.client), await open(there, amina.client)]
    await insert(amina.id, 'From here')
    await publishLive(here.services.cache, { users: [amina.id] })
    await insert(amina.id, 'From there')
    await publishLive(there.services.cache, { users: [amina.id] })
    for (const stream of streams) {
      await stream.until(({ of }) => of('notification').length === 2)
      assert.deepEqual(titlesOf(stream), ['From here', 'From there'])
      stream.close()
    }
  })

  test('a person’s seventh ends their oldest, on whichever process it is', async () => {
    const { client } = await someone()
    const oldest = await open(there, client)
    const streams: Listener[] = []
    for (let n = 0; n < 6; n++) streams.push(await open(n % 2 === 0 ? here : there, client))
    await oldest.ended()
    assert.deepEqual(oldest.of('bye')[0]!.data, { reason: 'replaced' })
    for (const stream of streams) {
      assert.equal(stream.of('bye').length, 0)
      stream.close()
    }
  })

  test('Redis dies and comes back empty: streams stay open, and what came meanwhile arrives, in order and once', async () => {
    const people = await Promise.all(Array.from({ length: 20 }, someone))
    const streams = await Promise.all(people.map(({ client }, n) => open(n % 2 === 0 ? here : there, client)))
    const tellAll = async (title: string) => {
      await Promise.all(people.map(({ id }) => insert(id, title)))
      await publishLive(here.services.cache, { users: people.map(({ id }) => id) })
    }
    await tellAll('Before')
    await Promise.all(streams.map((stream) => stream.until(({ of }) => of('notification').length === 1)))
    await redis.kill()
    await tellAll('While it is away')
    await tellAll('Still away')
    await redis.start()
    await Promise.all(
      streams.map((stream) => stream.until(({ of }) => of('notification').length === 3, 15_000)),
    )
    await back()
    await tellAll('After')
    await Promise.all(
      streams.map((stream) => stream.until(({ of }) => of('notification').length === 4, 15_000)),
    )
    for (const stream of streams) {
      assert.deepEqual(titlesOf(stream), ['Before', 'While it is away', 'Still away', 'After'])
      assert.equal(stream.of('bye').length, 0)
      stream.close()
    }
  })

  test('a session that ended while Redis was away ends its stream when it is back', async () => {
    const amina = await someone()
    const stream = await open(there, amina.client)
    await redis.kill()
    assert.equal((await amina.client.post('/api/v1/auth/logout')).status, 204)
    await redis.start()
    await stream.ended(10_000)
    assert.deepEqual(stream.of('bye')[0]!.data, { reason: 'session_ended' })
    await back()
  })

  test('a hint that was lost costs the time to the next heartbeat, and nothing else', async () => {
    const amina = await someone()
    const stream = await open(here, amina.client)
    await insert(amina.id, 'Nobody hinted')
    await stream.until(({ of }) => of('notification').length === 1, 30_000)
    assert.deepEqual(titlesOf(stream), ['Nobody hinted'])
    stream.close()
  })
}
