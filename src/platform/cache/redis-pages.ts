import type { Logger } from '../log.ts'
import { type Cache, type CacheMetrics, familyOf, type WrapOptions } from './cache.ts'
import { type Expiry, expiryOf } from './expiry.ts'
import { createFlights } from './flights.ts'
import type { RedisConnection } from './redis-connection.ts'
import { dropEntries, parseEntry, storeEntry } from './redis-versions.ts'

type Options = {
  readonly connection: RedisConnection
  readonly generationKey: string
  readonly keyOf: (key: string) => string
  readonly log: Logger
  readonly metrics: CacheMetrics | undefined
}

/** What one MGET told: under which generation and version a value may be stored, and the page if it is valid. */
type Seen = { readonly generation: string; readonly version: string; readonly page: Page | null }
type Page = Expiry & { readonly value: string }

/**
 * Behind version and generation an entry is: fresh until (13), stale until (13), value. The key lives a minute at least,
 * so that a version outlasts every production that may still store, whatever the value's own end.
 */
const MIN_KEY_MS = 60_000
const MAX_PRODUCTION_MS = 30_000

/** `wrap` and `forget` on Redis. Reads cost one round trip; stores are refused when the key was forgotten meanwhile. */
export function createRedisPages(options: Options): Pick<Cache, 'wrap' | 'forget'> {
  const { connection, generationKey, keyOf, log, metrics } = options
  const flights = createFlights()

  async function look(key: string): Promise<Seen | null> {
    try {
      const reply = await connection.run((client) => client.mGet([generationKey, keyOf(key)]))
      const [generation, entry] = reply
      // Someone emptied the server: without a generation nothing can be told from what was forgotten.
      if (!generation) connection.distrust()
      return generation ? parse(entry ?? '', generation) : null
    } catch {
      metrics?.count('error', familyOf(key))
      return null
    }
  }

  async function store(key: string, value: string, seen: Seen, wrapOptions: WrapOptions): Promise<void> {
    const now = Date.now()
    const expiry = expiryOf(wrapOptions, value, now)
    const rest = `${expiry.freshUntil}${expiry.staleUntil}${value}`
    const life = Math.max(expiry.staleUntil - now, MIN_KEY_MS)
    const keys = { generation: generationKey, entry: keyOf(key) }
    await connection.run((client) => storeEntry(client, keys, seen, rest, life)).catch(() => undefined)
  }

  return {
    async wrap(key, wrapOptions, produce) {
      const seen = await look(key)
      if (seen === null) return flights.join(key, 'out of reach', produce)
      const fill = async (isCurrent: () => boolean) => {
        const began = Date.now()
        const value = await produce()
        const inTime = Date.now() - began < MAX_PRODUCTION_MS
        if (inTime && isCurrent()) await store(key, value, seen, wrapOptions)
        return value
      }
      const version = seen.generation + seen.version
      const now = Date.now()
      if (seen.page === null || now >= seen.page.staleUntil) {
        metrics?.count('miss', familyOf(key))
        return flights.join(key, version, fill)
      }
      if (now < seen.page.freshUntil) {
        metrics?.count('hit', familyOf(key))
      } else {
        metrics?.count('stale', familyOf(key))
        flights.refresh(key, version, fill, (error) =>
          log.warn({ error, cache: familyOf(key) }, 'refresh failed'),
        )
      }
      return seen.page.value
    },

    async forget(...keys) {
      for (const key of keys) flights.drop(key)
      if (keys.length === 0) return
      const lost = (error: unknown) => {
        metrics?.count('error', familyOf(keys[0] ?? ''))
        log.warn({ error }, 'an invalidation was lost; the cache will be voided')
        connection.distrust()
      }
      await connection.run((client) => dropEntries(client, keys.map(keyOf), MIN_KEY_MS)).catch(lost)
    },
  }
}

function parse(entry: string, generation: string): Seen {
  const { version, rest } = parseEntry(entry, generation)
  if (rest === null) return { generation, version, page: null }
  const page = {
    freshUntil: Number(rest.slice(0, 13)),
    staleUntil: Number(rest.slice(13, 26)),
    value: rest.slice(26),
  }
  return { generation, version, page }
}
