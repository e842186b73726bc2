import type { Cache, CacheMetrics } from './cache.ts'
import { GENERATION_LENGTH, type RedisConnection } from './redis-connection.ts'
import { dropEntries, parseEntry, storeEntry } from './redis-versions.ts'

type Options = {
  readonly connection: RedisConnection
  readonly generationKey: string
  readonly keyOf: (key: string) => string
  readonly metrics: CacheMetrics | undefined
}

/** Longer than any read of a session from the database takes. */
const DROPPED_MS = 600_000

/** A session's mark is the generation and the version that were seen together. */
export function createRedisSessions(
  options: Options,
): Pick<Cache, 'getSession' | 'setSession' | 'deleteSession'> {
  const { connection, generationKey, keyOf, metrics } = options
  const sessionKey = (id: string) => keyOf(`session:${id}`)

  return {
    async getSession(id) {
      const reply = await connection.run((client) => client.mGet([generationKey, sessionKey(id)]))
      const [generation, entry] = reply
      // Someone emptied the server: without a generation nothing can be told from what was dropped.
      if (!generation) connection.distrust()
      const seen = generation ? parseEntry(entry ?? '', generation) : null
      const value = seen?.rest ?? null
      metrics?.count(value === null ? 'miss' : 'hit', 'session')
      return { value, mark: seen ? seen.generation + seen.version : '' }
    },

    async setSession(id, value, ttlSeconds, mark) {
      const seen = { generation: mark.slice(0, GENERATION_LENGTH), version: mark.slice(GENERATION_LENGTH) }
      const keys = { generation: generationKey, entry: sessionKey(id) }
      await connection.run((client) => storeEntry(client, keys, seen, value, ttlSeconds * 1000))
    },

    async deleteSession(...ids) {
      if (ids.length === 0) return
      try {
        await connection.run((client) => dropEntries(client, ids.map(sessionKey), DROPPED_MS))
      } catch (error) {
        connection.distrust()
        throw error
      }
    },
  }
}
