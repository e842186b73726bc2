import { sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'

/** What skills are called, by id. */
export async function namedTags(
  db: Db,
  ids: readonly string[],
): Promise<ReadonlyMap<string, { title: string }>> {
  const { rows } = await sql<{ tag_id: string; title: string }>`
    SELECT tag_id, name AS title FROM tags WHERE tag_id = ANY (${ids}::uuid[])`.execute(db)
  return new Map(rows.map(({ tag_id, title }) => [tag_id, { title }]))
}
