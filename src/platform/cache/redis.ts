import type { Logger } from '../log.ts'
import { type Cache, type CacheMetrics, familyOf } from './cache.ts'
import { connectRedis, type RedisClient } from './redis-connection.ts'
import { createRedisPages } from './redis-pages.ts'
import { evaluate, script } from './redis-script.ts'
import { createRedisSessions } from './redis-sessions.ts'
import { createRedisTopics } from './redis-topics.ts'

type Options = {
  readonly url: string
  readonly log: Logger
  readonly metrics?: CacheMetrics
  /** Put before every key and channel: several applications, or tests, on one server. */
  readonly prefix?: string
}

/** A list of times (µs), oldest first, by the server's clock: one judge for all processes. */
const LIMIT = script(`
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local span, max = tonumber(ARGV[1]), tonumber(ARGV[2])
local oldest = redis.call('LINDEX', KEYS[1], 0)
while oldest and tonumber(oldest) <= now - span do
  redis.call('LPOP', KEYS[1])
  oldest = redis.call('LINDEX', KEYS[1], 0)
end
local used = redis.call('LLEN', KEYS[1])
local allowed = used < max and 1 or 0
if allowed == 1 then
  used = used + 1
  redis.call('RPUSH', KEYS[1], string.format('%.0f', now))
  redis.call('PEXPIRE', KEYS[1], math.ceil(span / 1000))
end
local left = (tonumber(oldest) or now) + span - now
return {allowed, math.max(0, max - used), math.max(1, math.ceil(left / 1000000))}`)

/** Alternately: what to add, and for how many ms the counter lives. */
const INCREASE = script(`
local values = {}
for i, key in ipairs(KEYS) do
  values[i] = redis.call('INCRBY', key, ARGV[2 * i - 1])
  redis.call('PEXPIRE', key, ARGV[2 * i])
end
return values`)

/** The cache shared by all processes. Redis 6.2 or later, one primary: no cluster, no proxy that hides a restart. */
export function createRedisCache({ url, log, metrics, prefix = '' }: Options): Cache {
  const keyOf = (key: string) => prefix + key
  const generationKey = keyOf('cache:generation')
  const connection = connectRedis(url, generationKey, log)
  const topics = createRedisTopics(url, log)
  const shared = { connection, generationKey, keyOf, log, metrics }

  async function run<T>(key: string, command: (client: RedisClient) => Promise<T>): Promise<T> {
    try {
      return await connection.run(command)
    } catch (error) {
      metrics?.count('error', familyOf(key))
      throw error
    }
  }

  return {
    ...createRedisPages(shared),
    ...createRedisSessions(shared),

    async get(key) {
      const value = await run(key, (client) => client.get(keyOf(key)))
      metrics?.count(value === null ? 'miss' : 'hit', familyOf(key))
      return value
    },

    async getMany(keys) {
      const [first] = keys
      if (first === undefined) return []
      const values = await run(first, (client) => client.mGet(keys.map(keyOf)))
      for (const value of values) metrics?.count(value === null ? 'miss' : 'hit', familyOf(first))
      return values
    },

    async set(key, value, ttlSeconds) {
      const expiration = { type: 'PX', value: Math.ceil(ttlSeconds * 1000) } as const
      await run(key, (client) => client.set(keyOf(key), value, { expiration }))
    },

    async delete(...keys) {
      if (keys.length > 0) await run(keys[0] ?? '', (client) => client.del(keys.map(keyOf)))
    },

    async zadd(key, member, score, ttlSeconds) {
      await run(key, (client) => {
        const added = client.zAdd(keyOf(key), { score, value: member })
        const kept =
          ttlSeconds === undefined ? added : client.pExpire(keyOf(key), Math.ceil(ttlSeconds * 1000))
        return Promise.all([added, kept])
      })
    },

    ztop: (key, limit) =>
      limit < 1
        ? Promise.resolve([])
        : run(key, (client) => client.zRange(keyOf(key), 0, limit - 1, { REV: true })),

    async zremove(key, member) {
      await run(key, (client) => client.zRem(keyOf(key), member))
    },

    async limit(key, rule) {
      const values = [String(Math.round(rule.windowSeconds * 1e6)), String(rule.max)]
      const reply = await run(key, (client) => evaluate(client, LIMIT, [keyOf(key)], values))
      return limitResult(reply)
    },

    async increase(increases) {
      const [first] = increases
      if (first === undefined) return []
      const keys = increases.map(({ key }) => keyOf(key))
      const values = increases.flatMap(({ by, ttlSeconds }) => [
        String(by),
        String(Math.ceil(ttlSeconds * 1000)),
      ])
      const reply = await run(first.key, (client) => evaluate(client, INCREASE, keys, values))
      return (reply as unknown[]).map(Number)
    },

    async publish(channel, message) {
      await run(channel, (client) => client.publish(keyOf(channel), message))
    },

    subscribe: (channel, listener, onRegained) => topics.subscribe(keyOf(channel), listener, onRegained),

    async ping() {
      await run('ping', (client) => client.ping())
    },

    async close() {
      topics.close()
      await connection.close()
    },
  }
}

function limitResult(reply: unknown) {
  const [allowed, remaining, resetSeconds] = (reply as unknown[]).map(Number)
  return { allowed: allowed === 1, remaining: remaining ?? 0, resetSeconds: resetSeconds ?? 1 }
}
