import { BoundedMap } from './bounded-map.ts'
import type { Cache, CacheMetrics } from './cache.ts'
import { GENERATION_LENGTH, type RedisConnection } from './redis-connection.ts'
import { evaluate, script } from './redis-script.ts'

type Options = {
  readonly connection: RedisConnection
  readonly generationKey: string
  readonly keyOf: (key: string) => string
  readonly metrics: CacheMetrics | undefined
}

/** Longer than any read of a session from the database takes, so that what was read before is not stored after. */
const REVOKED_SECONDS = 600
const REVOKED = 'revoked'
const MISS_MS = 60_000

/** Answers 'OK', 'revoked', or the generation that stands in place of the expected one ('' if there is none). */
const STORE = script(`
local generation = redis.call('GET', KEYS[1]) or ''
if generation ~= ARGV[1] then return generation end
if redis.call('GET', KEYS[2]) == '${REVOKED}' then return '${REVOKED}' end
redis.call('SET', KEYS[2], ARGV[1] .. ARGV[2], 'PX', ARGV[3])
return 'OK'`)

/** Entries are the generation, then the value; one that carries another generation is as good as absent. */
export function createRedisSessions(
  options: Options,
): Pick<Cache, 'getSession' | 'setSession' | 'deleteSession'> {
  const { connection, generationKey, keyOf, metrics } = options
  /** Ids that were not found, and under which generation: what the database then says is stored under that one only. */
  const misses = new BoundedMap<string>({ maxEntries: 10_000, maxBytes: 4 * 1024 * 1024 })
  let lastGeneration = ''

  const sessionKey = (id: string) => keyOf(`session:${id}`)

  async function store(id: string, value: string, ttlSeconds: number, generation: string): Promise<string> {
    const values = [generation, value, String(Math.ceil(ttlSeconds * 1000))]
    const keys = [generationKey, sessionKey(id)]
    return String(await connection.run((client) => evaluate(client, STORE, keys, values)))
  }

  return {
    async getSession(id) {
      const reply = await connection.run((client) => client.mGet([generationKey, sessionKey(id)]))
      const [generation, entry] = reply
      if (!generation) connection.distrust()
      lastGeneration = generation ?? ''
      const value = generation && entry?.startsWith(generation) ? entry.slice(GENERATION_LENGTH) : null
      metrics?.count(value === null ? 'miss' : 'hit', 'session')
      if (value !== null) return value
      if (!misses.get(id, Date.now())) misses.set(id, lastGeneration, 12, Date.now() + MISS_MS)
      return null
    },

    async setSession(id, value, ttlSeconds) {
      const missed = misses.get(id, Date.now())
      misses.delete(id)
      const answer = await store(id, value, ttlSeconds, missed ?? lastGeneration)
      if (answer === 'OK' || answer === REVOKED || missed !== undefined) return
      lastGeneration = answer
      await store(id, value, ttlSeconds, answer)
    },

    async deleteSession(...ids) {
      if (ids.length === 0) return
      const mark = { expiration: { type: 'EX', value: REVOKED_SECONDS } } as const
      try {
        await connection.run((client) =>
          Promise.all(ids.map((id) => client.set(sessionKey(id), REVOKED, mark))),
        )
      } catch (error) {
        connection.distrust()
        throw error
      }
    },
  }
}
