import { type Insertable, sql } from 'kysely'
import type { Db, Statement } from '../../../platform/db/index.ts'
import type { DB } from '../../../platform/db/schema.ts'

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

/** What a person has said to some posts, as JSON text: only those that they have reacted to. $1: whose; $2: post ids. */
export const REACTIONS_TO_POSTS: Statement = {
  name: 'reactions_to_posts',
  text: `
    SELECT json_build_object('items', coalesce(json_agg(row_to_json(reacted)), '[]'::json))::text
    FROM (
      SELECT entity_id AS post_id, array_agg(reaction_type ORDER BY reaction_type) AS my_reactions
      FROM reactions WHERE user_id = $1 AND entity_type = 'post' AND entity_id = ANY ($2::uuid[])
      GROUP BY entity_id
    ) reacted`,
}
