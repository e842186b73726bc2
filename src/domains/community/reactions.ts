import type { Actor } from '../../platform/actor.ts'
import type { Db } from '../../platform/db/index.ts'
import { notFound } from '../../platform/errors.ts'
import { publishFact } from '../../platform/facts/index.ts'
import type { Services } from '../../platform/services.ts'
import {
  deleteReaction,
  holdReactionTarget,
  insertReaction,
  REACTIONS_TO_POSTS,
} from './queries/reactions.ts'

type PostReaction = { readonly post_id: string; readonly reaction_type: string }
type CommentReaction = { readonly comment_id: string; readonly reaction_type: string }

/**
 * Likes, loves or bookmarks a post; the second time changes nothing. The count follows within a second (R15). 404
 * `post.not_found`, also across a block.
 */
export function addReaction(
  { db }: Services,
  actor: Actor,
  { post_id, reaction_type }: PostReaction,
): Promise<void> {
  return db.transaction(actor, async (tx) => {
    if (!(await holdReactionTarget(tx, 'post', post_id))) throw notFound('post', post_id)
    await insertReaction(tx, reactionTo('post', post_id, actor, reaction_type))
    // What somebody keeps for later is theirs to know.
    if (reaction_type !== 'bookmark') await tellOfReaction(tx, actor, { type: 'post', id: post_id })
  })
}

/** Takes it back; nothing happens where there was none. */
export function removeReaction(
  { db }: Services,
  actor: Actor,
  { post_id, reaction_type }: PostReaction,
): Promise<void> {
  return db.transaction(actor, (tx) => deleteReaction(tx, reactionTo('post', post_id, actor, reaction_type)))
}

/** The same for a comment. 404 `comment.not_found`, also across a block. */
export function addCommentReaction(
  { db }: Services,
  actor: Actor,
  { comment_id, reaction_type }: CommentReaction,
): Promise<void> {
  return db.transaction(actor, async (tx) => {
    if (!(await holdReactionTarget(tx, 'comment', comment_id))) throw notFound('comment', comment_id)
    await insertReaction(tx, reactionTo('comment', comment_id, actor, reaction_type))
    await tellOfReaction(tx, actor, { type: 'comment', id: comment_id })
  })
}

export function removeCommentReaction(
  { db }: Services,
  actor: Actor,
  { comment_id, reaction_type }: CommentReaction,
): Promise<void> {
  return db.transaction(actor, (tx) =>
    deleteReaction(tx, reactionTo('comment', comment_id, actor, reaction_type)),
  )
}

/** What the actor has said to these posts, as JSON text: for lists that are the same for every reader. */
export async function readReactions(
  { db }: Services,
  actor: Actor,
  postIds: readonly string[],
): Promise<string> {
  return (await db.textAs(actor, REACTIONS_TO_POSTS, [actor.userId, postIds])) ?? ''
}

/** Once for a person and a thing: liked again, or loved too, it is no news. */
async function tellOfReaction(
  tx: Db,
  { userId }: Actor,
  target: { readonly type: string; readonly id: string },
) {
  const name = `community.${target.type}_liked`
  await publishFact(tx, { name, actor: userId, reference: target, once: `${name} ${userId} ${target.id}` })
}

function reactionTo(entity_type: string, entity_id: string, { userId }: Actor, reaction_type: string) {
  return { user_id: userId, entity_type, entity_id, reaction_type }
}
