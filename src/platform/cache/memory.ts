import type { Logger } from '../log.ts'
import { BoundedMap } from './bounded-map.ts'
import { type Cache, type CacheMetrics, CacheUnavailable, familyOf } from './cache.ts'
import { type Expiry, expiryOf } from './expiry.ts'
import { createFlights } from './flights.ts'
import { passLimit } from './memory-limit.ts'
import { MemoryRanking } from './memory-ranking.ts'
import { createMemoryTopics } from './memory-topics.ts'

export type MemoryBounds = { readonly maxEntries: number; readonly maxBytes: number }

type Options = {
  readonly log: Logger
  readonly metrics?: CacheMetrics
  /** Each family of operations has its own share, so that a flood of rate limits cannot push out pages. */
  readonly bounds?: MemoryBounds
}

type Page = Expiry & { readonly value: string }

const DEFAULT_BOUNDS: MemoryBounds = { maxEntries: 50_000, maxBytes: 32 * 1024 * 1024 }
const SWEEP_MS = 1000

/** The cache of a single process: the same contract as Redis, lost with the process. */
export function createMemoryCache({ log, metrics, bounds = DEFAULT_BOUNDS }: Options): Cache {
  const pages = new BoundedMap<Page>(bounds)
  const values = new BoundedMap<string>(bounds)
  const sessions = new BoundedMap<string>(bounds)
  const marks = new BoundedMap<string>(bounds)
  const windows = new BoundedMap<number[]>(bounds)
  const counters = new BoundedMap<number>(bounds)
  const rankings = new BoundedMap<MemoryRanking>(bounds)
  const stores = [pages, values, sessions, marks, windows, counters, rankings]
  const topics = createMemoryTopics(log)
  const flights = createFlights()
  const sweeper = setInterval(() => {
    for (const store of stores) store.sweep(Date.now())
  }, SWEEP_MS).unref()
  let lastMark = 0
  let closed = false

  function use(): number {
    if (closed) throw new CacheUnavailable()
    return Date.now()
  }

  function read(store: BoundedMap<string>, key: string, family: string): string | null {
    const value = store.get(key, use())
    metrics?.count(value === undefined ? 'miss' : 'hit', family)
    return value ?? null
  }

  return {
    get: async (key) => read(values, key, familyOf(key)),

    getMany: async (keys) => keys.map((key) => read(values, key, familyOf(key))),

    async set(key, value, ttlSeconds) {
      values.set(key, value, value.length, use() + ttlSeconds * 1000)
    },

    async delete(...keys) {
      use()
      for (const key of keys) values.delete(key)
    },

    // Not async: a hit is the hottest path of the process.
    wrap(key, options, produce) {
      if (closed) return produce()
      const now = Date.now()
      const page = pages.get(key, now)
      const fill = async (isCurrent: () => boolean) => {
        const value = await produce()
        const filled = Date.now()
        const page = { value, ...expiryOf(options, value, filled) }
        if (isCurrent() && !closed) pages.set(key, page, value.length, page.staleUntil)
        return value
      }
      if (page === undefined) {
        metrics?.count('miss', familyOf(key))
        return flights.join(key, '', fill)
      }
      if (now < page.freshUntil) {
        metrics?.count('hit', familyOf(key))
      } else {
        metrics?.count('stale', familyOf(key))
        flights.refresh(key, '', fill, (error) => log.warn({ error, cache: familyOf(key) }, 'refresh failed'))
      }
      return Promise.resolve(page.value)
    },

    async forget(...keys) {
      for (const key of keys) {
        flights.drop(key)
        pages.delete(key)
      }
    },

    async zadd(key, member, score, ttlSeconds) {
      const now = use()
      const ranking = rankings.get(key, now) ?? new MemoryRanking()
      ranking.put(member, score)
      if (ttlSeconds !== undefined) ranking.expiresAt = now + ttlSeconds * 1000
      rankings.set(key, ranking, ranking.length, ranking.expiresAt)
    },

    async ztop(key, limit) {
      return rankings.get(key, use())?.top(limit) ?? []
    },

    async zremove(key, member) {
      rankings.get(key, use())?.remove(member)
    },

    async limit(key, rule) {
      const now = use()
      const window = windows.get(key, now) ?? []
      const result = passLimit(window, rule, now)
      windows.set(key, window, 4 * window.length, now + rule.windowSeconds * 1000)
      return result
    },

    async increase(increases) {
      const now = use()
      return increases.map(({ key, by, ttlSeconds }) => {
        const value = (counters.get(key, now) ?? 0) + by
        counters.set(key, value, 4, now + ttlSeconds * 1000)
        return value
      })
    },

    async publish(channel, message) {
      use()
      topics.publish(channel, message)
    },

    async subscribe(channel, listener) {
      return topics.subscribe(channel, listener)
    },

    async getSession(id) {
      const value = read(sessions, id, 'session')
      return { value, mark: marks.get(id, Date.now()) ?? '' }
    },

    async setSession(id, value, ttlSeconds, mark) {
      const now = use()
      if (mark !== (marks.get(id, now) ?? '')) return
      sessions.set(id, value, value.length, now + ttlSeconds * 1000)
    },

    async deleteSession(...ids) {
      const now = use()
      for (const id of ids) {
        sessions.delete(id)
        const mark = String(++lastMark)
        marks.set(id, mark, mark.length, now + MARK_MS)
      }
    },

    async ping() {
      use()
    },

    async close() {
      closed = true
      clearInterval(sweeper)
      for (const store of stores) store.clear()
      topics.clear()
    },
  }
}

/** Far longer than any read of a session takes, so that what was read before the entry was dropped is not stored after it. */
const MARK_MS = 10 * 60_000
