import type { WrapOptions } from './cache.ts'

export type Expiry = { readonly freshUntil: number; readonly staleUntil: number }

/** Up to a tenth is taken off, at random: keys that were filled together do not all expire together. */
export function expiryOf({ ttl, stale = 0 }: WrapOptions, value: string, now: number): Expiry {
  const seconds = typeof ttl === 'number' ? ttl : ttl(value)
  const freshUntil = now + Math.ceil(seconds * 1000 * (1 - Math.random() / 10))
  return { freshUntil, staleUntil: freshUntil + Math.ceil(stale * 1000) }
}
