import { type Insertable, sql, type Updateable } from 'kysely'
import { type Db, jsonPage, type PageSize, type Statement } from '../../../platform/db/index.ts'
import type { DB } from '../../../platform/db/schema.ts'

/** A post as every reader gets it; the author is null once erased. Needs posts as p and people as a. */
export const POST_ITEM = `
  p.post_id, p.title, p.content, p.category, p.tags, p.language, p.media_urls, p.slug, p.is_pinned, p.is_featured,
  p.like_count, p.comment_count, p.bookmark_count, p.view_count, p.share_count, p.published_at, p.updated_at, p.edited_at,
  p.comments_closed_at IS NULL AS comments_open, a.card AS author`

const HEARD = `
            AND NOT EXISTS (SELECT FROM user_mutes WHERE muter_id = actor_id() AND muted_id = p.author_id)
            AND NOT coalesce(a.is_blocked_by_reader OR a.hides_from_reader, false)`

/**
 * P3: a page of the feed as JSON text, newest first. $1, $2: the cursor's published_at and post_id; $3: the filter's
 * digest; $4: limit; $5: the category, where there is one. Walks idx_posts_category (idx_posts_published without a
 * category) from the cursor and stops after the page: the counts are columns (R4), so nothing is grouped, and twenty
 * authors are forty look-ups. The size is a literal, so that the plan made once knows how little it must read. With
 * `heard`, without whom the actor has muted or a block keeps from them: some look-ups for every post that is passed.
 */
export function feedPage(size: PageSize, category: string | undefined, heard = false): Statement {
  return {
    name: `feed_page_${category === undefined ? '' : 'of_category_'}${heard ? 'heard_' : ''}${size}`,
    text: jsonPage({
      show: '$4::int',
      sort: 'published_at',
      key: ['published_at::text', 'post_id'],
      digest: '$3',
      rows: `
        SELECT published_at, post_id, row_to_json(page) AS item
        FROM (
          SELECT ${POST_ITEM}
          FROM posts p LEFT JOIN people a ON a.user_id = p.author_id
          WHERE p.status = 'published' ${category === undefined ? '' : 'AND p.category = $5'} ${heard ? HEARD : ''}
            AND (p.published_at, p.post_id) < ($1::timestamptz, $2::uuid)
          ORDER BY p.published_at DESC, p.post_id DESC
          LIMIT ${size + 1}
        ) page`,
    }),
  }
}

/** One post as JSON text. $1: post_id. */
export const POST: Statement = {
  name: 'post',
  text: `
    SELECT row_to_json(item)::text
    FROM (SELECT ${POST_ITEM} FROM posts p LEFT JOIN people a ON a.user_id = p.author_id WHERE p.post_id = $1) item`,
}

/** One post with the reader's own reactions as JSON text, for who may see it; not across a block. $1: post_id. */
export const POST_PAGE: Statement = {
  name: 'post_page',
  text: `
    SELECT row_to_json(item)::text
    FROM (
      SELECT ${POST_ITEM},
        ARRAY(SELECT r.reaction_type FROM reactions r
          WHERE r.user_id = actor_id() AND r.entity_type = 'post' AND r.entity_id = p.post_id ORDER BY 1) AS my_reactions
      FROM posts p LEFT JOIN people a ON a.user_id = p.author_id
      WHERE p.post_id = $1 AND shows_post(p.post_id)
    ) item`,
}

/** W3. post_count follows by delta (R15). */
export async function insertPost(
  db: Db,
  post: Pick<
    Insertable<DB['posts']>,
    'author_id' | 'title' | 'content' | 'category' | 'tags' | 'language' | 'slug'
  >,
): Promise<string> {
  const { post_id } = await db
    .insertInto('posts')
    .values({ ...post, status: 'published', published_at: sql`now()` })
    .returning('post_id')
    .executeTakeFirstOrThrow()
  return post_id
}

/** Whose it is and how it stands, as far as the actor sees it. */
export function postStanding(db: Db, postId: string) {
  return db
    .selectFrom('posts')
    .select(['author_id', 'status', 'category'])
    .where('post_id', '=', postId)
    .where(sql<boolean>`shows_post(post_id)`)
    .executeTakeFirst()
}

export type PostChanges = Pick<
  Updateable<DB['posts']>,
  'title' | 'content' | 'category' | 'tags' | 'language'
> & {
  readonly comments_open?: boolean
}

/** `edited_at` moves with the words alone. False where moderation has taken it down. */
export async function updatePost(db: Db, postId: string, changes: PostChanges): Promise<boolean> {
  const { comments_open, ...words } = changes
  const { numUpdatedRows } = await db
    .updateTable('posts')
    .set({
      ...words,
      ...(Object.keys(words).length > 0 && { edited_at: sql`now()` }),
      ...(comments_open === true && { comments_closed_at: null }),
      ...(comments_open === false && { comments_closed_at: sql`coalesce(comments_closed_at, now())` }),
    })
    .where('post_id', '=', postId)
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}

/** Its comments and reactions go with it. */
export async function deletePost(db: Db, postId: string): Promise<void> {
  await db.deleteFrom('posts').where('post_id', '=', postId).execute()
}
