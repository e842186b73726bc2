import { sql } from 'kysely'
import { type Db, jsonPage, type PageSize, type Statement } from '../../../platform/db/index.ts'

/**
 * A page of the taxonomy as JSON text, by name. $1: what the name begins with, as it was typed; $2, $3: the cursor's
 * name and id; $4: the filter's digest; $5: how many to show; $6: the category, where there is one. Walks idx_tags_typed
 * or idx_tags_category_typed from the first that begins so, or from the cursor, and stops after the page. The last
 * character that there is closes the range.
 */
export function tagPage(size: PageSize, category: string | undefined): Statement {
  return {
    name: `tag_page_${category === undefined ? '' : 'of_category_'}${size}`,
    text: jsonPage({
      show: '$5::int',
      sort: 'tag_name',
      key: ['typed', 'tag_id'],
      digest: '$4',
      rows: `
        SELECT typed, tag_id, json_build_object(
          'tag_id', tag_id, 'name', name, 'slug', slug, 'category', category, 'usage_count', usage_count) AS item
        FROM (
          SELECT t.tag_id, t.name, t.slug, t.category, t.usage_count, ${TYPED} AS typed
          FROM tags t
          WHERE ${TYPED} >= typed_form($1::text) COLLATE "C"
            AND ${TYPED} < (typed_form($1::text) || chr(1114111)) COLLATE "C"
            AND (${TYPED}, t.tag_id) > ($2::text COLLATE "C", $3::uuid)
            ${category === undefined ? '' : 'AND t.category = $6'}
          ORDER BY ${TYPED}, t.tag_id
          LIMIT ${size + 1}
        ) page`,
    }),
  }
}

const TYPED = 'typed_form(t.name) COLLATE "C"'

const TAG = ['tag_id', 'name', 'slug', 'category', 'usage_count'] as const

export type NewTag = { readonly name: string; readonly slug: string; readonly category: string }

/** tags_name_lower_key and tags_slug_key refuse one that is there already. */
export function insertTag(db: Db, tag: NewTag) {
  return db.insertInto('tags').values(tag).returning(TAG).executeTakeFirstOrThrow()
}

/** Held until the commit, so that of two changes each tells what it replaced. Undefined: not there. */
export function holdTag(db: Db, tagId: string) {
  return db.selectFrom('tags').select(TAG).where('tag_id', '=', tagId).forUpdate().executeTakeFirst()
}

export function updateTag(db: Db, tagId: string, change: Partial<NewTag>) {
  return db
    .updateTable('tags')
    .set(change)
    .where('tag_id', '=', tagId)
    .returning(TAG)
    .executeTakeFirstOrThrow()
}

/** The foreign key of user_skills refuses it while somebody has it. Undefined: not there. */
export function deleteTag(db: Db, tagId: string) {
  return db.deleteFrom('tags').where('tag_id', '=', tagId).returning(['name']).executeTakeFirst()
}

/**
 * How many people had `source`, which is gone. merge_tags (V019) runs with the owner's rights, for staff. 22,000 people
 * took 8 s on two busy cores, so it may take longer than a request's statement otherwise may.
 */
export async function mergeTags(db: Db, source: string, target: string): Promise<number> {
  await sql`SELECT set_config('statement_timeout', '60s', true)`.execute(db)
  const { rows } = await sql<{ people: number }>`
    SELECT merge_tags(${source}::uuid, ${target}::uuid) AS people`.execute(db)
  return rows[0]?.people ?? 0
}

/** Who has the tag, from `after` on, as many as a batch takes. As app_worker: nobody else sees others' skills. */
export async function holdersOf(db: Db, tagId: string, after: string, most: number): Promise<string[]> {
  const rows = await db
    .selectFrom('user_skills')
    .select('user_id')
    .where('tag_id', '=', tagId)
    .where('user_id', '>', after)
    .orderBy('user_id')
    .limit(most)
    .execute()
  return rows.map(({ user_id }) => user_id)
}

/**
 * Writes the names of these people's skills into their profiles anew. Two statements: a skill that is added meanwhile holds
 * the profile too (bound_user_skills), and the second one sees it.
 */
export async function copySkillNames(db: Db, userIds: readonly string[]): Promise<void> {
  await sql`SELECT FROM user_profiles WHERE user_id = ANY (${userIds}::uuid[]) ORDER BY user_id FOR UPDATE`.execute(
    db,
  )
  await sql`
    UPDATE user_profiles p SET skills = now_named.skills
    FROM (
      SELECT s.user_id, jsonb_agg(t.name ORDER BY t.name) AS skills
      FROM user_skills s JOIN tags t USING (tag_id)
      WHERE s.user_id = ANY (${userIds}::uuid[]) GROUP BY s.user_id
    ) now_named
    WHERE p.user_id = now_named.user_id AND p.skills IS DISTINCT FROM now_named.skills`.execute(db)
}
