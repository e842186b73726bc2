import { sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'

/** Programs that everybody may see, by id. */
export async function namedPrograms(
  db: Db,
  ids: readonly string[],
): Promise<ReadonlyMap<string, { title: string; slug: string }>> {
  const { rows } = await sql<{ program_id: string; title: string; slug: string }>`
    SELECT program_id, title, slug FROM programs
    WHERE program_id = ANY (${ids}::uuid[]) AND status = 'published' AND deleted_at IS NULL`.execute(db)
  return new Map(rows.map(({ program_id, ...program }) => [program_id, program]))
}

/** Who teaches each of these programs: its instructor and those beside. */
export async function teachersOf(
  db: Db,
  ids: readonly string[],
): Promise<{ program_id: string; user_id: string }[]> {
  const { rows } = await sql<{ program_id: string; user_id: string }>`
    SELECT program_id, instructor_id AS user_id FROM programs WHERE program_id = ANY (${ids}::uuid[]) AND instructor_id IS NOT NULL
    UNION
    SELECT program_id, user_id FROM program_instructors WHERE program_id = ANY (${ids}::uuid[])`.execute(db)
  return rows
}
