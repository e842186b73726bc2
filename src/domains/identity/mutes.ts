import type { Actor } from '../../platform/actor.ts'
import { decodeCursor, filterDigest, LAST_ID, PAGE } from '../../platform/cursor.ts'
import { pageSize } from '../../platform/db/index.ts'
import type { Services } from '../../platform/services.ts'
import { forgetHearing } from './hearing.ts'
import { deleteMute, insertMute, mutePage } from './queries/mutes.ts'
import { changeRelation } from './relations.ts'

const NEWEST = ['infinity', LAST_ID] as const

/** Mutes somebody, who does not notice; the second time changes nothing. 404 `person.not_found`, 409 `person.is_oneself`. */
export async function mute(services: Services, actor: Actor, userId: string): Promise<void> {
  await changeRelation(services, actor, { userId, blockers: 'shown' }, (tx) =>
    insertMute(tx, actor.userId, userId),
  )
  await forgetHearing(services, actor.userId)
}

/** Nothing happens where there was none. */
export async function unmute(services: Services, actor: Actor, userId: string): Promise<void> {
  await services.db.transaction(actor, (tx) => deleteMute(tx, actor.userId, userId))
  await forgetHearing(services, actor.userId)
}

/** The cards of those whom the actor has muted, newest first, as JSON text. */
export async function readMutes(
  { db }: Services,
  actor: Actor,
  { cursor, limit = PAGE }: { readonly cursor?: string; readonly limit?: number },
): Promise<string> {
  const key = cursor ? decodeCursor(cursor, { sort: 'muted_at', filter: {}, length: 2 }) : NEWEST
  const values = [actor.userId, limit, ...key, filterDigest({})]
  return (await db.textAs(actor, mutePage(pageSize(limit)), values)) ?? ''
}
