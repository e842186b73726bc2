import { sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'

export type ComingEvent = {
  readonly event_id: string
  readonly event_date: string
  readonly timezone: string
}

/** Published ones that begin within some hours of a day from now. Walks idx_events_upcoming. */
export async function eventsOfTomorrow(db: Db): Promise<ComingEvent[]> {
  const { rows } = await sql<ComingEvent>`
    SELECT event_id, event_date, timezone FROM events
    WHERE status = 'published' AND event_date BETWEEN now() + interval '19 hours' AND now() + interval '27 hours'
    ORDER BY event_date, event_id`.execute(db)
  return rows
}

/** Who takes part in these events, if they are still held and begin when it was thought. */
export async function participantsOf(
  db: Db,
  events: readonly { readonly event_id: string; readonly event_date: string }[],
): Promise<{ event_id: string; user_id: string }[]> {
  const { rows } = await sql<{ event_id: string; user_id: string }>`
    SELECT r.event_id, r.user_id
    FROM json_to_recordset(${JSON.stringify(events)}::json) AS x(event_id uuid, event_date timestamptz)
    JOIN events e ON e.event_id = x.event_id AND e.event_date = x.event_date AND e.status = 'published'
    JOIN event_registrations r ON r.event_id = e.event_id AND r.status = 'registered'`.execute(db)
  return rows
}

/** What events are called that everybody may see, by id. */
export async function namedEvents(
  db: Db,
  ids: readonly string[],
): Promise<ReadonlyMap<string, { title: string; slug: string }>> {
  const { rows } = await sql<{ event_id: string; title: string; slug: string }>`
    SELECT event_id, title, slug FROM events WHERE event_id = ANY (${ids}::uuid[]) AND status <> 'draft'`.execute(
    db,
  )
  return new Map(rows.map(({ event_id, ...event }) => [event_id, event]))
}
