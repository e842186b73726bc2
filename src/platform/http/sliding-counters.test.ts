import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { pino } from 'pino'
import { redisServerFound, startRedis } from '../../testing/redis.ts'
import { type Cache, createCache } from '../cache/index.ts'
import { createMemoryCache } from '../cache/memory.ts'
import { createSlidingCounters, type SlidingWindow } from './sliding-counters.ts'

const log = pino({ level: 'silent' })
/** The beginning of a bucket of ten seconds. */
const START = Math.floor(Date.now() / 10_000) * 10_000

describe('a window that slides over two buckets', () => {
  const cache = createMemoryCache({ log })
  const counters = createSlidingCounters({ cache })
  after(() => {
    counters.close()
    return cache.close()
  })
  const passes = (window: SlidingWindow, times: number, now: number, max = 10) =>
    Array.from({ length: times }, () => window.pass('amina', max, now)).filter(({ allowed }) => allowed)
      .length

  test('lets pass as many as it says, to each, and tells what is left', () => {
    const window = counters.window('a', 10)
    assert.deepEqual(window.pass('amina', 3, START), { allowed: true, remaining: 2, resetSeconds: 10 })
    assert.deepEqual(window.pass('amina', 3, START + 4500), { allowed: true, remaining: 1, resetSeconds: 6 })
    assert.deepEqual(window.pass('amina', 3, START + 4500), { allowed: true, remaining: 0, resetSeconds: 6 })
    assert.equal(window.pass('amina', 3, START + 4500).allowed, false)
    assert.equal(window.pass('baraka', 3, START + 4500).allowed, true)
  })

  test('gives room back as the bucket before leaves it, and none at its border', () => {
    const window = counters.window('b', 10)
    assert.equal(passes(window, 20, START + 9999), 10)
    assert.equal(passes(window, 5, START + 10_000), 0)
    assert.equal(passes(window, 5, START + 12_000), 2)
    assert.equal(passes(window, 20, START + 19_999), 7)
    assert.equal(passes(window, 20, START + 30_000), 10)
  })

  test('never lets more pass in a bucket than it says, however the bursts lie', () => {
    const window = counters.window('c', 10)
    let passed = 0
    for (let at = 0; at < 100_000; at += 500) passed += passes(window, at % 7000 < 3500 ? 9 : 1, START + at)
    assert.ok(passed <= 100, String(passed))
    assert.ok(passed >= 85, String(passed))
  })

  test('says after how many seconds one more passes, and keeps its word', () => {
    const window = counters.window('d', 10)
    for (const [burst, asks] of [
      [2000, 2000],
      [41_000, 53_000],
      [105_500, 111_000],
    ] as const) {
      passes(window, 10, START + burst)
      passes(window, 10, START + asks)
      const { allowed, resetSeconds } = window.pass('amina', 10, START + asks)
      assert.equal(allowed, false)
      assert.ok(resetSeconds >= 1 && resetSeconds <= 20, String(resetSeconds))
      assert.equal(window.pass('amina', 10, START + asks + resetSeconds * 1000).allowed, true)
    }
  })
})

describe('several processes', () => {
  const everyMs = 20

  function process(cache: Pick<Cache, 'increase'>, name: string) {
    const counters = createSlidingCounters({ cache, everyMs })
    return { window: counters.window(name, 60), close: counters.close }
  }

  async function shares(cache: Cache, other: Cache, name: string): Promise<void> {
    const [one, two] = [process(cache, name), process(other, name)]
    const now = Date.now()
    for (let n = 0; n < 6; n++) assert.equal(one.window.pass('amina', 10, now).allowed, true)
    await delay(4 * everyMs)
    // Its first one passes unseen, and brings back what the other counted.
    assert.equal(two.window.pass('amina', 10, now).allowed, true)
    await delay(4 * everyMs)
    assert.deepEqual(
      Array.from({ length: 5 }, () => two.window.pass('amina', 10, now).allowed),
      [true, true, true, false, false],
    )
    one.close()
    two.close()
  }

  test('learn within a moment what the others counted', async () => {
    const cache = createMemoryCache({ log })
    await shares(cache, cache, 'shared')
    await cache.close()
  })

  if (redisServerFound) {
    test('learn it through a Redis, whose death and return nobody waits for', async () => {
      const redis = await startRedis()
      const [here, there] = [0, 1].map(() =>
        createCache({ redisUrl: redis.url, cacheEnabled: true }, { log }),
      )
      await Promise.all([here!.ping(), there!.ping()])
      await shares(here!, there!, 'through-redis')
      const one = process(here!, 'outage')
      const now = Date.now()
      await redis.kill()
      for (let n = 0; n < 4; n++) assert.equal(one.window.pass('amina', 5, now).allowed, true)
      await delay(5 * everyMs)
      assert.equal(one.window.pass('amina', 5, now).allowed, true)
      assert.equal(one.window.pass('amina', 5, now).allowed, false, 'the process holds the limit alone')
      await redis.start()
      const two = process(there!, 'outage')
      await untilTrue(async () => {
        // Each asks again with its next request; what was not told during the outage is told now.
        one.window.pass('amina', 1000, now)
        two.window.pass('amina', 1000, now)
        await delay(2 * everyMs)
        return !two.window.pass('amina', 6, now).allowed
      })
      one.close()
      two.close()
      await Promise.all([here!.close(), there!.close()])
      await redis.stop()
    })
  }
})

async function untilTrue(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries++) if (await holds()) return
  assert.fail('waited in vain')
}
