import type { Static } from 'typebox'
import type { Actor } from '../../platform/actor.ts'
import { decodeCursor, FIRST_ID, filterDigest, LAST_ID, PAGE } from '../../platform/cursor.ts'
import { type Db, pageSize, type Statement } from '../../platform/db/index.ts'
import { type AppError, conflict, forbidden, notFound } from '../../platform/errors.ts'
import { publishFact } from '../../platform/facts/index.ts'
import { makeOnce } from '../../platform/idempotency/index.ts'
import type { Services } from '../../platform/services.ts'
import {
  COMMENT_ITEM,
  commentStanding,
  emptyComment,
  holdCommentPlace,
  insertComment,
  replyPage,
  threadPage,
  updateComment,
} from './queries/comments.ts'
import type { NewComment } from './schemas/comments.ts'

const NEWEST = ['infinity', LAST_ID] as const
const OLDEST = ['-infinity', FIRST_ID] as const

type PageRequest = { readonly cursor?: string; readonly limit?: number }

/** A post's threads, newest first, each with its first replies, as JSON text. 404 `post.not_found`. */
export async function readThreads(
  services: Services,
  actor: Actor | null,
  post_id: string,
  { cursor, limit = PAGE }: PageRequest,
): Promise<string> {
  const filter = { post_id }
  const place = cursor ? decodeCursor(cursor, { sort: 'threads', filter, length: 2 }) : NEWEST
  const values = [post_id, limit, ...place, filterDigest(filter)]
  const text = await readText(services, actor, threadPage(pageSize(limit)), values)
  if (text === null) throw notFound('post', post_id)
  return text
}

/** What was replied to a comment, oldest first, each with its first replies, as JSON text. 404 `comment.not_found`. */
export async function readReplies(
  services: Services,
  actor: Actor | null,
  comment_id: string,
  { cursor, limit = PAGE }: PageRequest,
): Promise<string> {
  const filter = { comment_id }
  const place = cursor ? decodeCursor(cursor, { sort: 'replies', filter, length: 2 }) : OLDEST
  const values = [comment_id, limit, ...place, filterDigest(filter)]
  const text = await readText(services, actor, replyPage(pageSize(limit)), values)
  if (text === null) throw notFound('comment', comment_id)
  return text
}

/**
 * Comments on a post or replies to a comment of it, once for a key. Returns the comment as JSON text. 404 `post.not_found`,
 * `comment.not_found` (nothing to be seen there, or across a block); 409 `post.comments_closed`, `comment.too_deep`.
 */
export async function writeComment(
  { db }: Services,
  actor: Actor,
  postId: string,
  { content, parent_comment_id = null }: Static<typeof NewComment>,
  key?: string,
): Promise<string> {
  const request = ['comment', postId, parent_comment_id, content]
  const commentId = await db.transaction(actor, (tx) =>
    makeOnce(tx, actor, { key, request }, async () => {
      const refusal = await holdCommentPlace(tx, postId, parent_comment_id)
      if (refusal !== null) throw refusalOf(refusal)
      const comment = { post_id: postId, author_id: actor.userId, parent_comment_id, content }
      const comment_id = await insertComment(tx, comment)
      await tellOfComment(tx, actor, { ...comment, comment_id })
      return comment_id
    }),
  )
  return (await db.textAs(actor, COMMENT_ITEM, [commentId])) ?? notThere()
}

type Written = {
  readonly post_id: string
  readonly comment_id: string
  readonly parent_comment_id: string | null
}

/** Who wrote the post, and of a reply who wrote the comment: each once, also where they are one person. */
async function tellOfComment(
  tx: Db,
  { userId }: Actor,
  { post_id, comment_id, parent_comment_id }: Written,
): Promise<void> {
  const fact = {
    actor: userId,
    reference: { type: 'post', id: post_id },
    params: { comment_id, ...(parent_comment_id !== null && { parent_comment_id }) },
  }
  await publishFact(tx, { name: 'community.comment_created', ...fact })
  if (parent_comment_id !== null) await publishFact(tx, { name: 'community.reply_created', ...fact })
}

/** Changes one's own comment. 404 `comment.not_found`; 403 `comment.is_anothers`; 409 `comment.taken_down`. */
export async function changeComment(
  { db }: Services,
  actor: Actor,
  commentId: string,
  content: string,
): Promise<string> {
  await db.transaction(actor, async (tx) => {
    await requireOwn(tx, actor, commentId)
    if (!(await updateComment(tx, commentId, content))) throw notFound('comment')
  })
  return (await db.textAs(actor, COMMENT_ITEM, [commentId])) ?? notThere()
}

/**
 * Takes one's own words away; the place stays while there are replies. The second time changes nothing. 404
 * `comment.not_found`; 403 `comment.is_anothers`; 409 `comment.taken_down`.
 */
export function removeComment({ db }: Services, actor: Actor, commentId: string): Promise<void> {
  return db.transaction(actor, async (tx) => {
    await requireOwn(tx, actor, commentId)
    await emptyComment(tx, commentId)
  })
}

async function requireOwn(tx: Db, actor: Actor, commentId: string): Promise<void> {
  const comment = await commentStanding(tx, commentId)
  if (!comment) throw notFound('comment', commentId)
  if (comment.author_id !== actor.userId) {
    throw forbidden('comment.is_anothers', 'Only who wrote a comment may change it.')
  }
  if (comment.status === 'flagged' || comment.moderated_by !== null) {
    throw conflict('comment.taken_down', 'Moderation has taken this comment down.')
  }
}

function refusalOf(refusal: string): AppError {
  switch (refusal) {
    case 'closed':
      return conflict('post.comments_closed', 'This post takes no more comments.')
    case 'too_deep':
      return conflict('comment.too_deep', 'Replies end at the third level.', '/parent_comment_id')
    case 'parent':
      return notFound('comment')
    default:
      return notFound('post')
  }
}

function readText({ db }: Services, actor: Actor | null, statement: Statement, values: readonly unknown[]) {
  return actor ? db.textAs(actor, statement, values) : db.text(statement, values)
}

function notThere(): never {
  throw notFound('comment')
}
