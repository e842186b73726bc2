import type { Actor } from '../../platform/actor.ts'
import type { Services } from '../../platform/services.ts'
import { HEARS_EVERYBODY } from './queries/mutes.ts'

/** Changed by mutes and blocks alone, which forget it. */
const FRESH = { ttl: 86_400 }

/**
 * Whether there is nobody whom this person has muted or blocked, or who has blocked them: lists that are the same for every
 * reader are then theirs too. One look into the cache.
 */
export async function hearsEverybody(
  { db, cache }: Pick<Services, 'db' | 'cache'>,
  actor: Actor,
): Promise<boolean> {
  const answer = await cache.wrap(hearingKey(actor.userId), FRESH, async () => {
    return (await db.textAs(actor, HEARS_EVERYBODY, [actor.userId])) ?? ''
  })
  return answer === 'true'
}

/** After a commit that changed whom these people hear. */
export function forgetHearing({ cache }: Pick<Services, 'cache'>, ...userIds: string[]): Promise<void> {
  return cache.forget(...userIds.map(hearingKey))
}

function hearingKey(userId: string): string {
  return `hearing:${userId}`
}
