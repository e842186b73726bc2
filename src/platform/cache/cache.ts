import { AppError } from '../errors.ts'

export type WrapOptions = {
  /**
   * Seconds for which the value is served as fresh, or how to tell them from the value; shortened by up to a tenth, so
   * that keys do not expire together.
   */
  readonly ttl: number | ((value: string) => number)
  /** Further seconds for which it is served while one caller's refresh runs in the background. */
  readonly stale?: number
}

export type LimitRule = { readonly max: number; readonly windowSeconds: number }

/** `resetSeconds`: whole seconds until the oldest request leaves the window, at least 1. */
export type LimitResult = {
  readonly allowed: boolean
  readonly remaining: number
  readonly resetSeconds: number
}

/** What the cache holds of a session, and the mark under which it may be replaced. */
export type SeenSession = { readonly value: string | null; readonly mark: string }

/** What to add to the counter under the key, which then lives for `ttlSeconds`. */
export type Increase = { readonly key: string; readonly by: number; readonly ttlSeconds: number }

/**
 * The cache port. Redis and an in-process twin keep the same contract (cache.test.ts runs against both).
 * Every operation rejects with CacheUnavailable within about 250 ms when the cache is out of reach, except `wrap`,
 * which then produces, and `forget`, which then voids everything cached before the cache is used again.
 * Seconds may be fractions. A key belongs to one family of operations: what `wrap` stored is not for `get`.
 */
export type Cache = {
  get(key: string): Promise<string | null>
  /** Many in one round trip, in their order. */
  getMany(keys: readonly string[]): Promise<(string | null)[]>
  set(key: string, value: string, ttlSeconds: number): Promise<void>
  delete(...keys: readonly string[]): Promise<void>
  /**
   * The value under the key, or else produced: one flight a process for a key and its version. A value whose
   * production began before a `forget` of its key is never stored after it, by any process, and no caller that
   * arrives after the `forget` joins that flight. A refresh that fails leaves the stale value until its end.
   */
  wrap(key: string, options: WrapOptions, produce: () => Promise<string>): Promise<string>
  /** Invalidation, to be called after the commit. Never rejects. */
  forget(...keys: readonly string[]): Promise<void>
  zadd(key: string, member: string, score: number, ttlSeconds?: number): Promise<void>
  /** Members with the highest scores, highest first. */
  ztop(key: string, limit: number): Promise<string[]>
  zremove(key: string, member: string): Promise<void>
  /** Exact sliding window; a refused request does not count. */
  limit(key: string, rule: LimitRule): Promise<LimitResult>
  /** Adds to many counters in one round trip; answers what each is then, in their order. */
  increase(counters: readonly Increase[]): Promise<number[]>
  publish(channel: string, message: string): Promise<void>
  /**
   * Listens until the returned function is called, across reconnections. Messages of an outage are lost:
   * a listener that must not miss anything reads the truth again, when `onRegained` says that it listens once more
   * (or for the first time, where the cache was out of reach).
   */
  subscribe(
    channel: string,
    listener: (message: string) => void,
    onRegained?: () => void,
  ): Promise<() => Promise<void>>
  /**
   * A session entry, valid only under the current generation, which every (re)connection of any process renews:
   * neither a restored snapshot nor a healed partition revives a revoked session. Without a value: ask the database.
   */
  getSession(id: string): Promise<SeenSession>
  /** Stores what the database said. Ignored when the entry was dropped, or voided by a new generation, since `mark` was seen. */
  setSession(id: string, value: string, ttlSeconds: number, mark: string): Promise<void>
  /**
   * Drops entries on every process, after the commit that ended or changed them: the next look asks the database, and
   * what was read there before is stored by nobody.
   */
  deleteSession(...ids: readonly string[]): Promise<void>
  ping(): Promise<void>
  close(): Promise<void>
}

export type CacheEvent = 'hit' | 'miss' | 'stale' | 'error'

/** `family` is the key up to its first colon (`user:profile:1` counts as `user`), a small set by construction. */
export type CacheMetrics = { count(event: CacheEvent, family: string): void }

/** The cache is out of reach or closed: 503 `cache.unavailable` where nobody catches it. */
export class CacheUnavailable extends AppError {
  constructor(cause?: unknown) {
    super(503, 'cache.unavailable', 'The cache is out of reach; try again shortly.')
    this.cause = cause
  }
}

export function familyOf(key: string): string {
  const colon = key.indexOf(':')
  return colon < 0 ? key : key.slice(0, colon)
}
