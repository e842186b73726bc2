import type { Actor } from '../../platform/actor.ts'
import { notFound } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { deleteReaction, holdReactionTarget, insertReaction } from './queries.ts'

type Target = { post_id: string; reaction_type: string }

/** Likes, loves or bookmarks a post; the second time changes nothing. The count follows within a second (R15). */
export function addReaction({ db }: Services, actor: Actor, target: Target): Promise<void> {
  return db.transaction(actor, async (tx) => {
    if (!(await holdReactionTarget(tx, 'post', target.post_id))) throw notFound('post', target.post_id)
    await insertReaction(tx, reactionOf(actor, target))
  })
}

/** Takes it back; nothing happens where there was none. */
export function removeReaction({ db }: Services, actor: Actor, target: Target): Promise<void> {
  return db.transaction(actor, (tx) => deleteReaction(tx, reactionOf(actor, target)))
}

function reactionOf(actor: Actor, { post_id, reaction_type }: Target) {
  return { user_id: actor.userId, entity_type: 'post', entity_id: post_id, reaction_type }
}
