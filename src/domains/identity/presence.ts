import { CacheUnavailable } from '../../platform/cache/index.ts'
import type { Watchable } from '../../platform/realtime/index.ts'
import type { Services } from '../../platform/services.ts'
import { SHARERS_OF_PRESENCE } from './queries/people.ts'

/** Someone is online for so long after a session of theirs was last seen active (§5.2). */
const PRESENT_SECONDS = 300

/**
 * Notes that a session of theirs is active; beside a request, which neither waits for it nor fails with it. Who does not
 * share it is noted too and shown to nobody: the view people decides at each look, so a change of mind counts at once.
 */
export function markPresent({ cache, log }: Pick<Services, 'cache' | 'log'>, userId: string): void {
  cache.set(presenceKey(userId), '1', PRESENT_SECONDS).catch((error: unknown) => {
    if (!(error instanceof CacheUnavailable)) log.error({ error }, 'presence could not be noted')
  })
}

/** Which of them are online, in one look; null when nobody can tell. */
export async function onlineAmong(
  { cache }: Pick<Services, 'cache'>,
  userIds: readonly string[],
): Promise<ReadonlySet<string> | null> {
  try {
    const marks = await cache.getMany(userIds.map(presenceKey))
    return new Set(userIds.filter((_, n) => marks[n] !== null))
  } catch (error) {
    if (error instanceof CacheUnavailable) return null
    throw error
  }
}

/** Whether people on a screen are online: for those who show it to who looks. `online` null: nobody can tell. */
export const WATCHED_PEOPLE: Watchable = {
  kind: 'person',
  event: 'presence',
  async allowed({ db }, actor, ids) {
    return JSON.parse((await db.textAs(actor, SHARERS_OF_PRESENCE, [ids])) ?? '[]')
  },
  async figures(services, ids) {
    const online = await onlineAmong(services, ids)
    return new Map(ids.map((id) => [id, { online: online?.has(id) ?? null }]))
  },
}

export function presenceKey(userId: string): string {
  return `presence:${userId}`
}
