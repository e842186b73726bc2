import { type Insertable, sql } from 'kysely'
import { type Db, jsonPage, type PageSize, type Statement } from '../../../platform/db/index.ts'
import type { DB } from '../../../platform/db/schema.ts'

/** How many replies come with a thread, and with each of these. */
const FIRST_REPLIES = [3, 2] as const

const COMMENT = (c: string) => `
  ${c}.comment_id, ${c}.post_id, ${c}.parent_comment_id, ${c}.state, ${c}.content, ${c}.author, ${c}.like_count,
  ${c}.liked, ${c}.created_at, ${c}.edited_at, ${c}.has_replies`

/** filterDigest({ comment_id }) of platform/cursor.ts, for the cursors that this statement writes for many comments. */
const digestOf = (comment: string) => `
  left(translate(encode(sha256(convert_to('[["comment_id","' || ${comment} || '"]]', 'UTF8')), 'base64'), '+/', '-_'), 12)`

/** The first replies to a comment as a page, with theirs, as far as they come along; oldest first. */
function firstReplies(comment: string, level: 0 | 1): string {
  const r = `r${level}`
  const show = FIRST_REPLIES[level]
  return `(${jsonPage({
    show: String(show),
    sort: 'replies',
    key: ['created_at::text', 'comment_id'],
    digest: digestOf(comment),
    rows: `
      SELECT ${r}.created_at, ${r}.comment_id, (SELECT row_to_json(item${level}) FROM (
        SELECT ${COMMENT(r)}${level === 0 ? `, ${firstReplies(`${r}.comment_id`, 1)}::json AS replies` : ''}) item${level}) AS item
      FROM replies_to(${comment}, '-infinity', '00000000-0000-0000-0000-000000000000', ${show + 1}) ${r}`,
  })})`
}

/**
 * A page of a post's threads as JSON text, newest first, with the first replies of each; NULL where the reader sees no such
 * post. $1: post_id; $2: limit; $3, $4: the cursor's created_at and comment_id; $5: the filter's digest. Walks
 * idx_comments_threads, and idx_comments_parent for each that has replies.
 */
export function threadPage(size: PageSize): Statement {
  return {
    name: `threads_of_post_${size}`,
    text: `SELECT CASE WHEN shows_post($1) THEN (${jsonPage({
      show: '$2::int',
      sort: 'threads',
      key: ['created_at::text', 'comment_id'],
      digest: '$5',
      rows: `
        SELECT t.created_at, t.comment_id, (SELECT row_to_json(thread) FROM (
          SELECT ${COMMENT('t')}, ${firstReplies('t.comment_id', 0)}::json AS replies) thread) AS item
        FROM threads_of($1, $3, $4, ${size + 1}) t`,
    })}) END`,
  }
}

/**
 * A page of the replies to a comment as JSON text, oldest first, with the first replies of each; NULL where the reader sees
 * no such comment. $1: comment_id; $2: limit; $3, $4: the cursor's created_at and comment_id; $5: the filter's digest.
 */
export function replyPage(size: PageSize): Statement {
  return {
    name: `replies_to_comment_${size}`,
    text: `SELECT CASE WHEN shows_comment($1) THEN (${jsonPage({
      show: '$2::int',
      sort: 'replies',
      key: ['created_at::text', 'comment_id'],
      digest: '$5',
      rows: `
        SELECT r.created_at, r.comment_id, (SELECT row_to_json(reply) FROM (
          SELECT ${COMMENT('r')}, ${firstReplies('r.comment_id', 1)}::json AS replies) reply) AS item
        FROM replies_to($1, $3, $4, ${size + 1}) r`,
    })}) END`,
  }
}

/** One comment as JSON text, without replies. $1: comment_id. */
export const COMMENT_ITEM: Statement = {
  name: 'comment',
  text: `
    SELECT row_to_json(item)::text
    FROM (SELECT c.comment_id, c.post_id, c.parent_comment_id, 'shown' AS state, c.content, a.card AS author, c.like_count,
        EXISTS (SELECT FROM reactions r WHERE r.user_id = actor_id() AND r.entity_type = 'comment'
          AND r.entity_id = c.comment_id AND r.reaction_type = 'like') AS liked,
        c.created_at, c.edited_at,
        EXISTS (SELECT FROM comments r WHERE r.parent_comment_id = c.comment_id) AS has_replies
      FROM comments c LEFT JOIN people a ON a.user_id = c.author_id
      WHERE c.comment_id = $1 AND c.status = 'published' AND shows_post(c.post_id)) item`,
}

/** Why no comment may be written there, as `hold_comment_place` says; null when one may, and the place is held. */
export async function holdCommentPlace(db: Db, postId: string, parentId: string | null) {
  const { refusal } = await db
    .selectNoFrom(sql<string | null>`hold_comment_place(${postId}, ${parentId})`.as('refusal'))
    .executeTakeFirstOrThrow()
  return refusal
}

/** comment_count follows by delta (R15). */
export async function insertComment(
  db: Db,
  comment: Pick<Insertable<DB['comments']>, 'post_id' | 'author_id' | 'parent_comment_id' | 'content'>,
): Promise<string> {
  const { comment_id } = await db
    .insertInto('comments')
    .values(comment)
    .returning('comment_id')
    .executeTakeFirstOrThrow()
  return comment_id
}

/** Whose it is and how it stands, as far as the actor sees it. */
export function commentStanding(db: Db, commentId: string) {
  return db
    .selectFrom('comments')
    .select(['author_id', 'status', 'moderated_by'])
    .where('comment_id', '=', commentId)
    .where(sql<boolean>`shows_post(post_id)`)
    .executeTakeFirst()
}

/** False where it is no longer published. */
export async function updateComment(db: Db, commentId: string, content: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('comments')
    .set({ content, edited_at: sql`now()` })
    .where('comment_id', '=', commentId)
    .where('status', '=', 'published')
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}

/** Its words are gone; its place stays for those who replied. False where it is no longer published. */
export async function emptyComment(db: Db, commentId: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('comments')
    .set({ content: '', status: 'removed' })
    .where('comment_id', '=', commentId)
    .where('status', '=', 'published')
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}
