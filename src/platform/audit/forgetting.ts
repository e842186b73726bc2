import type { Cache } from '../cache/index.ts'
import type { Logger } from '../log.ts'
import type { Auditing } from './auditing.ts'

const CHANNEL = 'audit:keys'

type Parts = { readonly auditing: Auditing; readonly cache: Cache; readonly log: Logger }

/**
 * After the commit that destroyed a person's key: every process forgets it at once. Without a cache the others do within
 * ten minutes; what they seal until then opens for nobody.
 */
export async function forgetOriginKey({ auditing, cache, log }: Parts, userId: string): Promise<void> {
  auditing.originKeys.forget(userId)
  await cache.publish(CHANNEL, userId).catch((error: unknown) => {
    log.warn({ err: error }, 'that a key is gone could not be announced')
  })
}

/** Listens for keys that another process destroyed. */
export function watchOriginKeys({ auditing, cache }: Parts): Promise<() => Promise<void>> {
  return cache.subscribe(CHANNEL, (userId) => auditing.originKeys.forget(userId))
}
