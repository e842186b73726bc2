import type { WrapOptions } from './cache.ts'

export type Expiry = { readonly freshUntil: number; readonly staleUntil: number }

/** Up to a tenth is taken off, at random: keys that were filled together do not all expire together. */
export function expiryOf(options: WrapOptions, now: number): Expiry {
  const freshUntil = now + Math.ceil(options.ttl * 1000 * (1 - Math.random() / 10))
  return { freshUntil, staleUntil: freshUntil + Math.ceil((options.stale ?? 0) * 1000) }
}
