import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { pino } from 'pino'
import { redisServerFound, startRedis } from '../../testing/redis.ts'
import { type Cache, type CacheMetrics, CacheUnavailable, createCache } from './index.ts'

const log = pino({ level: 'silent' })

type Twin = { cache: Cache; stop: () => Promise<void> }

contract('in memory', async (metrics) => {
  const cache = createCache({ redisUrl: null, cacheEnabled: true }, { log, metrics })
  return { cache, stop: () => cache.close() }
})

if (redisServerFound) {
  contract('on a Redis of its own', async (metrics) => {
    const redis = await startRedis()
    const cache = createCache({ redisUrl: redis.url, cacheEnabled: true }, { log, metrics })
    return { cache, stop: () => cache.close().then(redis.stop) }
  })
} else {
  test('the contract runs against a real Redis', (t) => {
    assert.ok(!process.env.CI, 'redis-server is not installed: apt-get install redis-server')
    t.diagnostic('redis-server is not installed: the contract ran in memory only')
  })
}

if (process.env.REDIS_URL) {
  const redisUrl = process.env.REDIS_URL
  contract('on the Redis of REDIS_URL', async (metrics) => {
    const prefix = `test:${randomUUID()}:`
    const cache = createCache({ redisUrl, cacheEnabled: true }, { log, metrics, prefix })
    return { cache, stop: () => cache.close() }
  })
}

function contract(where: string, start: (metrics: CacheMetrics) => Promise<Twin>): void {
  describe(`the cache ${where}`, () => {
    let cache: Cache
    let stop: () => Promise<void>
    let counted: string[] = []

    before(async () => {
      const metrics: CacheMetrics = { count: (event, family) => void counted.push(`${event} ${family}`) }
      ;({ cache, stop } = await start(metrics))
    })
    after(() => stop())

    test('answers what was set until it expires or is deleted', async () => {
      await cache.set('text:a', 'über \u{1F30D}', 0.15)
      await cache.set('text:b', 'b', 60)
      assert.equal(await cache.get('text:a'), 'über \u{1F30D}')
      await cache.delete('text:b', 'text:nothing')
      assert.equal(await cache.get('text:b'), null)
      await delay(200)
      assert.equal(await cache.get('text:a'), null)
    })

    test('many are read at once, in their order, what is not there among them', async () => {
      await cache.set('many:a', 'a', 60)
      await cache.set('many:c', '', 60)
      assert.deepEqual(await cache.getMany(['many:c', 'many:b', 'many:a', 'many:a']), ['', null, 'a', 'a'])
      assert.deepEqual(await cache.getMany([]), [])
    })

    test('wrap produces once, then serves what it has', async () => {
      let produced = 0
      const produce = async () => `page ${++produced}`
      assert.equal(await cache.wrap('page:once', { ttl: 60 }, produce), 'page 1')
      assert.equal(await cache.wrap('page:once', { ttl: 60 }, produce), 'page 1')
      assert.equal(produced, 1)
    })

    test('wrap keeps an empty value and one with line breaks', async () => {
      for (const [key, value] of [
        ['page:empty', ''],
        ['page:lines', 'a\nb\r\n\0'],
      ] as const) {
        await cache.wrap(key, { ttl: 60 }, async () => value)
        assert.equal(await cache.wrap(key, { ttl: 60 }, never), value)
      }
    })

    test('a hundred callers at once share one production', async () => {
      let produced = 0
      const produce = async () => {
        produced++
        await delay(30)
        return 'shared'
      }
      const answers = await Promise.all(
        Array.from({ length: 100 }, () => cache.wrap('page:shared', { ttl: 60 }, produce)),
      )
      assert.equal(produced, 1)
      assert.ok(answers.every((answer) => answer === 'shared'))
    })

    test('a failed production reaches its callers and is not remembered', async () => {
      const failing = cache.wrap('page:failing', { ttl: 60 }, () => Promise.reject(new Error('no')))
      await assert.rejects(failing, /no/)
      assert.equal(await cache.wrap('page:failing', { ttl: 60 }, async () => 'yes'), 'yes')
    })

    test('forget makes the next caller produce', async () => {
      await cache.wrap('page:forgotten', { ttl: 60 }, async () => 'old')
      await cache.forget('page:forgotten', 'page:never-there')
      assert.equal(await cache.wrap('page:forgotten', { ttl: 60 }, async () => 'new'), 'new')
      assert.equal(await cache.wrap('page:forgotten', { ttl: 60 }, never), 'new')
    })

    test('a value whose production began before forget is not stored, and later callers do not join it', async () => {
      const gate = Promise.withResolvers<string>()
      const started = Promise.withResolvers<void>()
      const early = cache.wrap('page:raced', { ttl: 60 }, () => {
        started.resolve()
        return gate.promise
      })
      await started.promise
      await cache.forget('page:raced')
      assert.equal(await cache.wrap('page:raced', { ttl: 60 }, async () => 'after'), 'after')
      gate.resolve('before')
      assert.equal(await early, 'before')
      assert.equal(await cache.wrap('page:raced', { ttl: 60 }, never), 'after')
    })

    test('a value whose production began before forget is not stored even when nobody asked since', async () => {
      const gate = Promise.withResolvers<string>()
      const started = Promise.withResolvers<void>()
      const early = cache.wrap('page:raced-alone', { ttl: 60 }, () => {
        started.resolve()
        return gate.promise
      })
      await started.promise
      await cache.forget('page:raced-alone')
      gate.resolve('before')
      await early
      assert.equal(await cache.wrap('page:raced-alone', { ttl: 60 }, async () => 'after'), 'after')
    })

    test('a stale value is served while one refresh runs behind it', async () => {
      let produced = 0
      const options = { ttl: 0.05, stale: 60 }
      const produce = async () => {
        const mine = ++produced
        await delay(30)
        return `page ${mine}`
      }
      await cache.wrap('page:stale', options, produce)
      await delay(60)
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => cache.wrap('page:stale', options, produce)),
      )
      assert.deepEqual([...new Set(answers)], ['page 1'])
      await delay(40)
      assert.equal(await cache.wrap('page:stale', options, produce), 'page 2')
      assert.equal(produced, 2)
    })

    test('a refresh that fails leaves the stale value until its end, and the source in peace for a second', async () => {
      const options = { ttl: 0.02, stale: 0.9 }
      let asked = 0
      const fail = () => {
        asked++
        return Promise.reject(new Error('the source is gone'))
      }
      await cache.wrap('page:keeps', options, async () => 'kept')
      await delay(40)
      assert.equal(await cache.wrap('page:keeps', options, fail), 'kept')
      await delay(40)
      assert.equal(await cache.wrap('page:keeps', options, fail), 'kept')
      assert.equal(asked, 1)
      await delay(900)
      await assert.rejects(cache.wrap('page:keeps', options, fail), /the source is gone/)
    })

    test('a refresh that began before forget is not stored', async () => {
      const gate = Promise.withResolvers<string>()
      const options = { ttl: 0.02, stale: 60 }
      await cache.wrap('page:refreshed', options, async () => 'first')
      await delay(30)
      assert.equal(await cache.wrap('page:refreshed', options, () => gate.promise), 'first')
      await cache.forget('page:refreshed')
      gate.resolve('second')
      await delay(20)
      assert.equal(await cache.wrap('page:refreshed', options, async () => 'third'), 'third')
    })

    test('a value can say itself for how long it is fresh', async () => {
      const options = { ttl: (value: string) => Number(value) }
      await cache.wrap('page:short', options, async () => '0.05')
      await cache.wrap('page:long', options, async () => '60')
      await cache.wrap('page:over', options, async () => '-1')
      assert.equal(await cache.wrap('page:over', options, async () => '9'), '9')
      await delay(60)
      assert.equal(await cache.wrap('page:short', options, async () => '9'), '9')
      assert.equal(await cache.wrap('page:long', options, never), '60')
    })

    test('a ranking answers the highest scores first and forgets what is removed', async () => {
      await cache.zadd('ranks:a', 'ann', 4.5)
      await cache.zadd('ranks:a', 'bob', 4.9)
      await cache.zadd('ranks:a', 'cat', 4.5)
      await cache.zadd('ranks:a', 'dan', 1)
      await cache.zadd('ranks:a', 'dan', 5)
      assert.deepEqual(await cache.ztop('ranks:a', 3), ['dan', 'bob', 'cat'])
      await cache.zremove('ranks:a', 'bob')
      assert.deepEqual(await cache.ztop('ranks:a', 10), ['dan', 'cat', 'ann'])
      assert.deepEqual(await cache.ztop('ranks:a', 0), [])
      assert.deepEqual(await cache.ztop('ranks:none', 3), [])
    })

    test('a ranking expires when it was given an end', async () => {
      await cache.zadd('ranks:b', 'ann', 1, 0.05)
      await delay(80)
      assert.deepEqual(await cache.ztop('ranks:b', 3), [])
    })

    test('a limit lets exactly as many pass as it says, however many come at once', async () => {
      const rule = { max: 50, windowSeconds: 60 }
      const results = await Promise.all(Array.from({ length: 200 }, () => cache.limit('limit:many', rule)))
      assert.equal(results.filter((result) => result.allowed).length, 50)
      assert.deepEqual(await cache.limit('limit:many', rule), {
        allowed: false,
        remaining: 0,
        resetSeconds: 60,
      })
    })

    test('a limit slides: room comes back as the oldest request leaves, and refused ones do not count', async () => {
      const rule = { max: 2, windowSeconds: 0.3 }
      const pass = async () => (await cache.limit('limit:slides', rule)).allowed
      assert.deepEqual(await cache.limit('limit:slides', rule), {
        allowed: true,
        remaining: 1,
        resetSeconds: 1,
      })
      await delay(180)
      assert.deepEqual([await pass(), await pass()], [true, false])
      await delay(150)
      assert.deepEqual([await pass(), await pass()], [true, false])
    })

    test('counters are increased together, by many at once, and end with their time', async () => {
      const two = [
        { key: 'count:a', by: 2, ttlSeconds: 60 },
        { key: 'count:b', by: 5, ttlSeconds: 0.05 },
      ]
      assert.deepEqual(await cache.increase(two), [2, 5])
      const many = await Promise.all(Array.from({ length: 50 }, () => cache.increase(two.slice(0, 1))))
      assert.equal(Math.max(...many.flat()), 102)
      await delay(80)
      assert.deepEqual(await cache.increase(two), [104, 5])
      assert.deepEqual(await cache.increase([]), [])
    })

    test('a message reaches every subscriber of its channel and none that left', async () => {
      const heard: string[] = []
      const hear = (message: string) => void heard.push(message)
      const leave = await cache.subscribe('live:a', hear)
      await cache.subscribe('live:a', (message) => {
        hear(message)
        throw new Error('a subscriber that fails harms no other')
      })
      await cache.subscribe('live:b', hear)
      await delay(50)
      await cache.publish('live:a', 'one')
      await until(() => heard.length === 2)
      await leave()
      await cache.publish('live:a', 'two')
      await until(() => heard.length === 3)
      assert.deepEqual(heard, ['one', 'one', 'two'])
    })

    const sessionValue = async (id: string) => (await cache.getSession(id)).value
    const putSession = async (id: string, value: string, ttlSeconds: number) =>
      cache.setSession(id, value, ttlSeconds, (await cache.getSession(id)).mark)

    test('a session entry lives until it expires or is deleted', async () => {
      await putSession('s1', 'ann', 60)
      await putSession('s2', 'bob', 0.05)
      assert.equal(await sessionValue('s1'), 'ann')
      assert.equal(await sessionValue('s0'), null)
      await cache.deleteSession('s1')
      assert.equal(await sessionValue('s1'), null)
      await delay(80)
      assert.equal(await sessionValue('s2'), null)
    })

    test('a session read from the database before its entry was dropped is not stored after it', async () => {
      const { mark } = await cache.getSession('s3')
      await cache.deleteSession('s3')
      await cache.setSession('s3', 'ann', 60, mark)
      assert.equal(await sessionValue('s3'), null)
    })

    test('a session read from the database after its entry was dropped is stored', async () => {
      await putSession('s4', 'ann, a member', 60)
      await cache.deleteSession('s4')
      await putSession('s4', 'ann, a coach', 60)
      assert.equal(await sessionValue('s4'), 'ann, a coach')
    })

    test('a session’s entry that was dropped is not brought back by who moves its end', async () => {
      await putSession('s5', 'ann, a coach', 60)
      const { value, mark } = await cache.getSession('s5')
      await cache.deleteSession('s5', 's6')
      await cache.setSession('s5', value!, 120, mark)
      assert.equal(await sessionValue('s5'), null)
    })

    test('hits, misses and stale answers are counted by the first part of the key', async () => {
      counted = []
      const options = { ttl: 0.02, stale: 60 }
      for (const pause of [0, 0, 30]) {
        await delay(pause)
        await cache.wrap('counted:user:1', options, async () => 'x')
      }
      assert.deepEqual(counted, ['miss counted', 'hit counted', 'stale counted'])
    })

    test('a closed cache refuses at once, but wrap produces and forget is silent', async () => {
      await stop()
      stop = async () => undefined
      await refusesEverything(cache)
      assert.equal(await cache.wrap('page:once', { ttl: 60 }, async () => 'produced'), 'produced')
      await cache.forget('page:once')
    })
  })
}

async function refusesEverything(cache: Cache): Promise<void> {
  const attempts = [
    () => cache.get('a'),
    () => cache.getMany(['a']),
    () => cache.set('a', 'b', 1),
    () => cache.delete('a'),
    () => cache.zadd('a', 'b', 1),
    () => cache.ztop('a', 1),
    () => cache.limit('a', { max: 1, windowSeconds: 1 }),
    () => cache.increase([{ key: 'a', by: 1, ttlSeconds: 1 }]),
    () => cache.publish('a', 'b'),
    () => cache.getSession('a'),
    () => cache.setSession('a', 'b', 1, ''),
    () => cache.deleteSession('a'),
    () => cache.ping(),
  ]
  for (const attempt of attempts) await assert.rejects(attempt, CacheUnavailable)
}

async function never(): Promise<string> {
  throw new Error('Nothing was to be produced')
}

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition() && waited < 2000; waited += 5) await delay(5)
  assert.ok(condition(), 'waited two seconds in vain')
}
