import type { Config } from '../config.ts'
import type { Logger } from '../log.ts'
import type { Cache, CacheMetrics } from './cache.ts'
import { createMemoryCache } from './memory.ts'
import { createRedisCache } from './redis.ts'

export {
  type Cache,
  type CacheEvent,
  type CacheMetrics,
  CacheUnavailable,
  type Increase,
  type LimitResult,
  type LimitRule,
  type SeenSession,
  type WrapOptions,
} from './cache.ts'
export { type CachedEntry, cacheEntries } from './entries.ts'
export { wrapFound } from './wrap-found.ts'

type Parts = { readonly log: Logger; readonly metrics?: CacheMetrics; readonly prefix?: string }

/**
 * Redis where `redisUrl` is set, else the in-process twin. Returns at once: Redis is connected in the background, and
 * the first commands wait up to 250 ms for it; `ping` tells whether it is there. With `cacheEnabled` off, `wrap`
 * always produces.
 */
export function createCache(config: Pick<Config, 'redisUrl' | 'cacheEnabled'>, parts: Parts): Cache {
  const { prefix: _, ...memoryParts } = parts
  const cache =
    config.redisUrl === null
      ? createMemoryCache(memoryParts)
      : createRedisCache({ url: config.redisUrl, ...parts })
  if (config.cacheEnabled) return cache
  return { ...cache, wrap: (_key, _options, produce) => produce(), forget: async () => undefined }
}
