import type { Actor } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import { decodeCursor, filterDigest, LAST_ID, PAGE } from '../../platform/cursor.ts'
import { type Db, pageSize } from '../../platform/db/index.ts'
import type { Services } from '../../platform/services.ts'
import { forgetHearing } from './hearing.ts'
import { blockPage, deleteBlock, insertBlock } from './queries/blocks.ts'
import { changeRelation } from './relations.ts'

const NEWEST = ['infinity', LAST_ID] as const

/**
 * Blocks somebody, which ends every follow between the two; the second time changes nothing. Also whoever has blocked
 * the actor: they are met in what they publish. 404 `person.not_found`, 409 `person.is_oneself`.
 */
export async function block(services: Services, actor: Actor, userId: string): Promise<void> {
  await changeRelation(services, actor, { userId, blockers: 'shown' }, async (tx) => {
    if (await insertBlock(tx, actor.userId, userId))
      await record(tx, actor, 'identity.person_blocked', userId)
  })
  await forgetHearing(services, actor.userId, userId)
}

/** The follows that the block ended do not come back. Nothing happens where there was none. */
export async function unblock(services: Services, actor: Actor, userId: string): Promise<void> {
  await services.db.transaction(actor, async (tx) => {
    if (await deleteBlock(tx, actor.userId, userId))
      await record(tx, actor, 'identity.person_unblocked', userId)
  })
  await forgetHearing(services, actor.userId, userId)
}

/** The cards of those whom the actor has blocked, newest first, as JSON text. */
export async function readBlocks(
  { db }: Services,
  actor: Actor,
  { cursor, limit = PAGE }: { readonly cursor?: string; readonly limit?: number },
): Promise<string> {
  const key = cursor ? decodeCursor(cursor, { sort: 'blocked_at', filter: {}, length: 2 }) : NEWEST
  const values = [actor.userId, limit, ...key, filterDigest({})]
  return (await db.textAs(actor, blockPage(pageSize(limit)), values)) ?? ''
}

function record(tx: Db, actor: Actor, action: string, userId: string): Promise<void> {
  return audit(tx, { actor, action, entityType: 'user', entityId: userId, retentionClass: 'general' })
}
