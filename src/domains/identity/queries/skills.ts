import { sql } from 'kysely'
import type { Db, Statement } from '../../../platform/db/index.ts'

/**
 * Somebody's skills as the actor may see them, as JSON text; NULL when they are not there or hidden. $1: whose.
 * read_person_skills (V016) runs with the owner's rights. Fifty skills are some 300 look-ups by key.
 */
export const PERSON_SKILLS: Statement = { name: 'person_skills', text: 'SELECT read_person_skills($1)' }

/** Adds the skill or changes its level; false when there is no such tag among the skills. fifty_skills bounds them. */
export async function putSkill(db: Db, userId: string, tagId: string, level: string): Promise<boolean> {
  const { rows } = await sql`
    INSERT INTO user_skills (user_id, tag_id, level)
    SELECT ${userId}, t.tag_id, ${level} FROM tags t WHERE t.tag_id = ${tagId} AND t.category = 'skill'
    ON CONFLICT (user_id, tag_id) DO UPDATE SET level = excluded.level
    RETURNING tag_id`.execute(db)
  return rows.length === 1
}

export async function deleteSkill(db: Db, userId: string, tagId: string): Promise<void> {
  await db.deleteFrom('user_skills').where('user_id', '=', userId).where('tag_id', '=', tagId).execute()
}

/** Whether the actor may see that person's profile; false also when there is nobody. */
export async function mayPersonBeSeen(db: Db, userId: string): Promise<boolean> {
  const person = await db
    .selectFrom('people')
    .select('visible')
    .where('user_id', '=', userId)
    .executeTakeFirst()
  return person?.visible === true
}

export type Endorsement = { readonly user_id: string; readonly tag_id: string; readonly endorser_id: string }

/** Once a skill and endorser. Breaks endorsed_skill where there is no such skill. The count follows by delta (R15). */
export async function insertEndorsement(db: Db, endorsement: Endorsement): Promise<void> {
  await db
    .insertInto('skill_endorsements')
    .values(endorsement)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

export async function deleteEndorsement(db: Db, endorsement: Endorsement): Promise<void> {
  await db
    .deleteFrom('skill_endorsements')
    .where((where) => where.and(endorsement))
    .execute()
}
