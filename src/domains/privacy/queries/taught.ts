import { sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'

/** The published programs whose pages name this person. Walks both tables' indexes of people. */
export async function programsNaming(db: Db, userId: string): Promise<string[]> {
  const { rows } = await sql<{ program_id: string }>`
    SELECT p.program_id FROM programs p WHERE p.instructor_id = ${userId} AND p.status = 'published'
    UNION SELECT i.program_id FROM program_instructors i WHERE i.user_id = ${userId}`.execute(db)
  return rows.map(({ program_id }) => program_id)
}
