import type { Db, Statement } from '../../../platform/db/index.ts'

/** Which of these posts the actor may read, as a JSON list of ids: row security decides, and no block stands between. $1: ids. */
export const FOLLOWABLE_POSTS: Statement = {
  name: 'followable_posts',
  text: `
    SELECT coalesce(json_agg(p.post_id), '[]')::text FROM posts p LEFT JOIN people a ON a.user_id = p.author_id
    WHERE p.post_id = ANY ($1::uuid[]) AND NOT coalesce(a.is_blocked_by_reader OR a.hides_from_reader, false)`,
}

/** As nobody: of those that everybody may read. */
export function figuresOfPosts(db: Db, postIds: readonly string[]) {
  return db
    .selectFrom('posts')
    .select(['post_id', 'like_count', 'comment_count', 'bookmark_count'])
    .where('post_id', 'in', postIds)
    .execute()
}
