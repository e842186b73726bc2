import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { createClient } from '@redis/client'
import { pino } from 'pino'
import { redisServerFound, startRedis, type TestRedis } from '../../testing/redis.ts'
import { CacheUnavailable } from './cache.ts'
import { createRedisCache } from './redis.ts'

const log = pino({ level: 'silent' })

if (redisServerFound) {
  describe('the cache when its Redis dies, freezes or comes back with older data', outages)
} else {
  test('outages are tried on a real Redis', (t) => {
    assert.ok(!process.env.CI, 'redis-server is not installed: apt-get install redis-server')
    t.diagnostic('redis-server is not installed: outages were not tried')
  })
}

function outages(): void {
  let redis: TestRedis
  let ours: ReturnType<typeof createRedisCache>
  let theirs: ReturnType<typeof createRedisCache>

  before(async () => {
    redis = await startRedis()
  })
  after(() => redis.stop())
  beforeEach(async () => {
    ours = createRedisCache({ url: redis.url, log })
    theirs = createRedisCache({ url: redis.url, log })
    await Promise.all([ours.ping(), theirs.ping()])
  })
  afterEach(() => Promise.all([ours.close(), theirs.close()]))

  test('a session that was revoked after the snapshot does not come back with it', async () => {
    await putSession(ours, 'snapshot', 'ann', 3600)
    await redis.save()
    await ours.deleteSession('snapshot')
    await redis.kill()
    await redis.start()
    await Promise.all([back(ours), back(theirs)])
    assert.ok((await keysOf(redis)).includes('session:snapshot'), 'the snapshot holds the entry')
    assert.equal(await sessionValue(ours, 'snapshot'), null)
    assert.equal(await sessionValue(theirs, 'snapshot'), null)
    await putSession(ours, 'snapshot', 'ann again', 3600)
    assert.equal(await sessionValue(theirs, 'snapshot'), 'ann again')
  })

  test('a session read before a restart is not stored after it: a revocation may have been lost between', async () => {
    const { mark } = await theirs.getSession('between')
    await redis.kill()
    await redis.start()
    await back(theirs)
    await theirs.setSession('between', 'ann', 3600, mark)
    assert.equal(await sessionValue(theirs, 'between'), null)
  })

  test('while Redis is gone everything refuses at once, wrap produces and forget is silent', async () => {
    await redis.kill()
    const began = performance.now()
    await assert.rejects(ours.get('a'), CacheUnavailable)
    await assert.rejects(ours.limit('a', { max: 1, windowSeconds: 1 }), CacheUnavailable)
    await assert.rejects(ours.setSession('a', 'b', 1, ''), CacheUnavailable)
    assert.equal(await ours.wrap('page:gone', { ttl: 60 }, async () => 'produced'), 'produced')
    await ours.forget('page:gone')
    assert.ok(performance.now() - began < 250, `${performance.now() - began} ms`)
    await redis.start()
    await back(ours)
    await ours.set('a', 'b', 60)
    assert.equal(await ours.get('a'), 'b')
  })

  test('while Redis is gone a caller after forget does not join a flight from before it', async () => {
    await redis.kill()
    const gate = Promise.withResolvers<string>()
    const early = ours.wrap('page:flight', { ttl: 60 }, () => gate.promise)
    await delay(10)
    await ours.forget('page:flight')
    assert.equal(await ours.wrap('page:flight', { ttl: 60 }, async () => 'after'), 'after')
    gate.resolve('before')
    assert.equal(await early, 'before')
    await redis.start()
    await back(ours)
  })

  test('what was forgotten while Redis was gone is not served from its snapshot', async () => {
    await ours.wrap('page:kept', { ttl: 3600 }, async () => 'old')
    await redis.save()
    await redis.kill()
    await ours.forget('page:kept')
    await redis.start()
    await Promise.all([back(ours), back(theirs)])
    assert.equal(await theirs.wrap('page:kept', { ttl: 60 }, async () => 'new'), 'new')
  })

  test('a frozen Redis is given up after 250 ms, then refused at once', async () => {
    redis.freeze()
    const first = await timed(() => assert.rejects(ours.get('a'), CacheUnavailable))
    const second = await timed(() => assert.rejects(ours.get('a'), CacheUnavailable))
    redis.thaw()
    assert.ok(first >= 245 && first < 400, `${first} ms`)
    assert.ok(second < 50, `${second} ms`)
    await back(ours)
  })

  test('what was forgotten or revoked behind a frozen Redis is void everywhere once it answers', async () => {
    await theirs.wrap('page:frozen', { ttl: 3600 }, async () => 'old')
    await putSession(theirs, 'frozen', 'ann', 3600)
    redis.freeze()
    await assert.rejects(ours.get('a'), CacheUnavailable)
    await ours.forget('page:frozen')
    await assert.rejects(ours.deleteSession('frozen'), CacheUnavailable)
    redis.thaw()
    await Promise.all([back(ours), back(theirs)])
    assert.equal(await sessionValue(theirs, 'frozen'), null)
    assert.equal(await theirs.wrap('page:frozen', { ttl: 60 }, async () => 'new'), 'new')
  })

  test('what another process forgot is not stored by one whose production began before', async () => {
    const gate = Promise.withResolvers<string>()
    const early = ours.wrap('page:two', { ttl: 60 }, () => gate.promise)
    await delay(20)
    await theirs.forget('page:two')
    gate.resolve('before')
    await early
    assert.equal(await ours.wrap('page:two', { ttl: 60 }, async () => 'after'), 'after')
  })

  test('another process that forgets makes our next caller leave the flight from before', async () => {
    const gate = Promise.withResolvers<string>()
    const early = ours.wrap('page:three', { ttl: 60 }, () => gate.promise)
    await delay(20)
    await theirs.forget('page:three')
    assert.equal(await ours.wrap('page:three', { ttl: 60 }, async () => 'after'), 'after')
    gate.resolve('before')
    await early
  })

  test('an emptied server is filled again', async () => {
    await putSession(ours, 'emptied', 'ann', 60)
    await onServer(redis, (client) => client.flushAll())
    assert.equal(await sessionValue(ours, 'emptied'), null)
    await back(ours)
    await putSession(ours, 'filled', 'bob', 60)
    assert.equal(await sessionValue(ours, 'filled'), 'bob')
  })

  test('subscriptions are renewed after a restart', async () => {
    const heard: string[] = []
    await theirs.subscribe('live', (message) => void heard.push(message))
    await redis.kill()
    await delay(50)
    await theirs.subscribe('later', (message) => void heard.push(message))
    await redis.start()
    await back(ours)
    for (let attempt = 0; attempt < 100 && heard.length < 2; attempt++) {
      await delay(20)
      heard.length = 0
      await Promise.all([ours.publish('live', 'a'), ours.publish('later', 'b')])
      await delay(20)
    }
    assert.deepEqual(heard.toSorted(), ['a', 'b'])
  })

  test('a subscriber hears when it listens again, having missed what was said meanwhile', async () => {
    const heard: string[] = []
    let regained = 0
    const leave = await theirs.subscribe(
      'gap',
      (message) => void heard.push(message),
      () => void regained++,
    )
    for (let attempt = 0; attempt < 100 && heard.length === 0; attempt++) {
      await ours.publish('gap', 'before')
      await delay(20)
    }
    heard.length = 1
    regained = 0
    await redis.kill()
    await assert.rejects(ours.publish('gap', 'meanwhile'), CacheUnavailable)
    await redis.start()
    await back(ours)
    for (let attempt = 0; attempt < 100 && regained === 0; attempt++) await delay(20)
    await ours.publish('gap', 'after')
    for (let attempt = 0; attempt < 50 && heard.length < 2; attempt++) await delay(20)
    assert.deepEqual([heard, regained], [['before', 'after'], 1])
    await leave()
  })

  test('a Redis that was never there refuses, and is found when it comes', async () => {
    await redis.kill()
    const early = createRedisCache({ url: redis.url, log })
    await assert.rejects(early.ping(), CacheUnavailable)
    await redis.start()
    await back(early)
    await early.close()
  })

  test('a process that stood still takes the answer that lay in its socket', async () => {
    await ours.set('still', 'yes', 60)
    const answer = ours.get('still')
    const until = performance.now() + 400
    await new Promise((resolve) => setImmediate(resolve))
    while (performance.now() < until);
    assert.equal(await answer, 'yes')
  })
}

type RedisCache = ReturnType<typeof createRedisCache>

async function sessionValue(cache: RedisCache, id: string): Promise<string | null> {
  return (await cache.getSession(id)).value
}

async function putSession(cache: RedisCache, id: string, value: string, ttlSeconds: number): Promise<void> {
  await cache.setSession(id, value, ttlSeconds, (await cache.getSession(id)).mark)
}

async function back(cache: ReturnType<typeof createRedisCache>): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    try {
      return await cache.ping()
    } catch {
      await delay(20)
    }
  }
  assert.fail('the cache did not come back within four seconds')
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

function keysOf(redis: TestRedis): Promise<string[]> {
  return onServer(redis, (client) => client.keys('*'))
}

async function onServer<T>(
  redis: TestRedis,
  work: (client: ReturnType<typeof rawClient>) => Promise<T>,
): Promise<T> {
  const client = rawClient(redis.url)
  await client.connect()
  try {
    return await work(client)
  } finally {
    client.destroy()
  }
}

function rawClient(url: string) {
  return createClient({ url })
}
