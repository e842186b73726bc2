import { type Insertable, sql } from 'kysely'
import { type Db, jsonPage, type PageSize, type Statement } from '../../platform/db/index.ts'
import type { DB } from '../../platform/db/schema.ts'

/** A post as every reader gets it; the author is null once erased. Needs posts as p and people as a. */
const POST_ITEM = `
  p.post_id, p.title, p.content, p.category, p.tags, p.language, p.media_urls, p.slug, p.is_pinned, p.is_featured,
  p.like_count, p.comment_count, p.bookmark_count, p.view_count, p.share_count, p.published_at, p.updated_at,
  a.card AS author`

const HEARD = `
            AND NOT EXISTS (SELECT FROM user_mutes WHERE muter_id = actor_id() AND muted_id = p.author_id)
            AND NOT EXISTS (SELECT FROM user_blocks WHERE blocker_id = actor_id() AND blocked_id = p.author_id)`

/**
 * P3: a page of the feed as JSON text, newest first. $1, $2: the cursor's published_at and post_id; $3: the filter's
 * digest; $4: limit; $5: the category, where there is one. Walks idx_posts_category (idx_posts_published without a
 * category) from the cursor and stops after the page: the counts are columns (R4), so nothing is grouped, and twenty
 * authors are forty look-ups. The size is a literal, so that the plan made once knows how little it must read. With
 * `heard`, without whom the actor has muted or blocked: one look-up each for every post that is passed.
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

/** One post as JSON text, for who may see it. $1: post_id. */
export const POST: Statement = {
  name: 'post',
  text: `
    SELECT row_to_json(item)::text
    FROM (SELECT ${POST_ITEM} FROM posts p LEFT JOIN people a ON a.user_id = p.author_id WHERE p.post_id = $1) item`,
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

/** False when there is no such thing to be seen; true keeps it from being deleted until the transaction ends (R26). */
export async function holdReactionTarget(db: Db, entityType: string, entityId: string): Promise<boolean> {
  const { held } = await db
    .selectNoFrom(sql<boolean>`hold_reaction_target(${entityType}, ${entityId})`.as('held'))
    .executeTakeFirstOrThrow()
  return held
}

type Reaction = Pick<Insertable<DB['reactions']>, 'user_id' | 'entity_type' | 'entity_id' | 'reaction_type'>

/** Once per person, thing and kind: the second time changes nothing. */
export async function insertReaction(db: Db, reaction: Reaction): Promise<void> {
  await db
    .insertInto('reactions')
    .values(reaction)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

export async function deleteReaction(
  db: Db,
  { user_id, entity_type, entity_id, reaction_type }: Reaction,
): Promise<void> {
  await db
    .deleteFrom('reactions')
    .where((where) => where.and({ user_id, entity_type, entity_id, reaction_type }))
    .execute()
}
