import { sql } from 'kysely'
import type { Db, Statement } from '../../../platform/db/index.ts'

/** Which of these events the actor may see, as a JSON list of ids: row security decides. $1: ids. */
export const FOLLOWABLE_EVENTS: Statement = {
  name: 'followable_events',
  text: `SELECT coalesce(json_agg(event_id), '[]')::text FROM events WHERE event_id = ANY ($1::uuid[])`,
}

/** As nobody: of those that everybody may see. `spots_remaining` null: as many as like. */
export function figuresOfEvents(db: Db, eventIds: readonly string[]) {
  return db
    .selectFrom('events')
    .select([
      'event_id',
      sql<number>`coalesce(registration_count, 0)`.as('registration_count'),
      sql<number | null>`capacity_limit - coalesce(registration_count, 0)`.as('spots_remaining'),
    ])
    .where('event_id', 'in', eventIds)
    .execute()
}
