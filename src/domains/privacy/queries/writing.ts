import { sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'

/*
 * What somebody wrote for everybody. It stays without its author, or goes, as the author chose; what never was public, or
 * was taken down, goes either way. Each answers how many rows it changed.
 */

/** A post takes what was said to it along. Walks idx_posts_author. */
export async function erasePosts(db: Db, userId: string, goes: boolean): Promise<number> {
  const gone = await count(
    db,
    sql`DELETE FROM posts WHERE author_id = ${userId} AND (${goes} OR status NOT IN ('published', 'flagged'))`,
  )
  const left = await count(
    db,
    sql`UPDATE posts SET author_id = NULL, media_urls = NULL WHERE author_id = ${userId}`,
  )
  return gone + left
}

/**
 * Others have replied to some: those keep their place and lose their words. Three passes, because threads are three levels
 * deep and a comment without replies is simply deleted. Walks idx_comments_author, and idx_comments_parent once a comment: as
 * NOT EXISTS it is planned as a join with all comments.
 */
export async function eraseComments(db: Db, userId: string, goes: boolean): Promise<number> {
  let changed = 0
  for (let level = 0; level < 3; level++) {
    changed += await count(
      db,
      sql`DELETE FROM comments c WHERE c.author_id = ${userId} AND (${goes} OR c.status = 'removed')
        AND (SELECT true FROM comments r WHERE r.parent_comment_id = c.comment_id LIMIT 1) IS NULL`,
    )
  }
  changed += await count(
    db,
    sql`UPDATE comments SET author_id = NULL, content = '', status = 'removed'
      WHERE author_id = ${userId} AND (${goes} OR status = 'removed')`,
  )
  return changed + (await count(db, sql`UPDATE comments SET author_id = NULL WHERE author_id = ${userId}`))
}

export async function eraseProjects(db: Db, userId: string, goes: boolean): Promise<number> {
  const gone = await count(
    db,
    sql`DELETE FROM projects WHERE submitted_by = ${userId} AND (${goes} OR status NOT IN ('approved', 'archived'))`,
  )
  const left = await count(
    db,
    sql`UPDATE projects SET submitted_by = NULL, media_urls = NULL, pitch_deck_url = NULL, demo_url = NULL
      WHERE submitted_by = ${userId}`,
  )
  return gone + left
}

/** The rating stands, or a program's average would change with who leaves. */
export async function eraseReviews(db: Db, userId: string, goes: boolean): Promise<number> {
  return count(
    db,
    sql`UPDATE program_reviews
      SET user_id = NULL, review_text = CASE WHEN ${goes} OR status <> 'published' THEN NULL ELSE review_text END
      WHERE user_id = ${userId}`,
  )
}

async function count(db: Db, statement: ReturnType<typeof sql>): Promise<number> {
  const { numAffectedRows } = await statement.execute(db)
  return Number(numAffectedRows ?? 0)
}
