import pg from 'pg'
import type { Actor } from '../../platform/actor.ts'
import type { Db } from '../../platform/db/index.ts'
import { conflict, notFound } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { standingOf } from './queries/people.ts'

/** Towards whoever has blocked the actor: 'hidden' where they are not there then, 'shown' where they are. */
type Towards = { readonly userId: string; readonly blockers: 'hidden' | 'shown' }

/**
 * Changes what the actor is to somebody. 404 `person.not_found` where the actor finds nobody; 409 `person.is_oneself`,
 * `person.blocked`.
 */
export async function changeRelation(
  { db }: Services,
  actor: Actor,
  { userId, blockers }: Towards,
  change: (tx: Db) => Promise<void>,
): Promise<void> {
  try {
    await db.transaction(actor, async (tx) => {
      const standing = await standingOf(tx, userId)
      if (!standing || (standing.hides_from_reader && blockers === 'hidden')) throw notFound('person')
      await change(tx)
    })
  } catch (error) {
    throw refusalOf(error) ?? error
  }
}

/** What the database refuses (V002, V018). A block may come between the look and the follow: then its trigger says so. */
function refusalOf(error: unknown) {
  switch (error instanceof pg.DatabaseError ? error.constraint : undefined) {
    case 'no_self_follow':
    case 'no_self_block':
    case 'no_self_mute':
      return conflict('person.is_oneself', 'You cannot follow, block or mute yourself.')
    case 'follower_is_not_blocked':
      return notFound('person')
    case 'follower_does_not_block':
      return conflict('person.blocked', 'You have blocked this person; take that back first.')
  }
}
