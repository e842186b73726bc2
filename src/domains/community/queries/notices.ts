import { sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'

/** How posts that everybody may see are called: by their title, else by how they begin. */
export async function namedPosts(
  db: Db,
  ids: readonly string[],
): Promise<ReadonlyMap<string, { title: string }>> {
  const { rows } = await sql<{ post_id: string; title: string }>`
    SELECT post_id, coalesce(nullif(title, ''), left(content, 80)) AS title FROM posts
    WHERE post_id = ANY (${ids}::uuid[]) AND status = 'published'`.execute(db)
  return new Map(rows.map(({ post_id, title }) => [post_id, { title }]))
}

/** Who wrote these posts. */
export async function authorsOfPosts(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{ post_id: string; author_id: string }>`
    SELECT post_id, author_id FROM posts WHERE post_id = ANY (${ids}::uuid[]) AND author_id IS NOT NULL`.execute(
    db,
  )
  return new Map(rows.map(({ post_id, author_id }) => [post_id, author_id]))
}

/** Who wrote these comments. */
export async function authorsOfComments(
  db: Db,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{ comment_id: string; author_id: string }>`
    SELECT comment_id, author_id FROM comments WHERE comment_id = ANY (${ids}::uuid[]) AND author_id IS NOT NULL`.execute(
    db,
  )
  return new Map(rows.map(({ comment_id, author_id }) => [comment_id, author_id]))
}

/** By a comment's id what the post is called that it stands under, and that post's id as its slug. */
export async function postsOfComments(
  db: Db,
  ids: readonly string[],
): Promise<ReadonlyMap<string, { title: string; slug: string }>> {
  const { rows } = await sql<{ comment_id: string; title: string; slug: string }>`
    SELECT c.comment_id, coalesce(nullif(p.title, ''), left(p.content, 80)) AS title, p.post_id AS slug
    FROM comments c JOIN posts p USING (post_id)
    WHERE c.comment_id = ANY (${ids}::uuid[]) AND c.status = 'published' AND p.status = 'published'`.execute(
    db,
  )
  return new Map(rows.map(({ comment_id, ...post }) => [comment_id, post]))
}
