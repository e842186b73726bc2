import type { Database } from '../../platform/db/index.ts'
import { publishFact } from '../../platform/facts/index.ts'
import { instantOf, isTimeZone, wallClock } from '../../platform/time-zones.ts'
import { type ComingEvent, eventsOfTomorrow } from './queries/reminders.ts'

/** Longer than the pause between two plannings, and than a worker is away. */
const AHEAD_MS = 3_600_000
const LATE_MS = 3 * 3_600_000

/**
 * Has those who take part in an event reminded a day before, when the clocks there show the same time. Planned an hour ahead, once
 * for each time that it begins at; who takes part, and whether it is held, is looked up when it is due.
 */
export async function planReminders(db: Database, now: Date): Promise<number> {
  return db.transaction(null, async (tx) => {
    let planned = 0
    for (const event of await eventsOfTomorrow(tx)) {
      const dueAt = dayBefore(event)
      const ahead = dueAt.getTime() - now.getTime()
      if (ahead > AHEAD_MS || ahead < -LATE_MS) continue
      const { event_id, event_date, timezone } = event
      await publishFact(tx, {
        name: 'events.event_soon',
        actor: null,
        reference: { type: 'event', id: event_id },
        params: { event_date, timezone, useful_until: event_date },
        dueAt,
        once: `events.event_soon ${event_id} ${new Date(event_date).toISOString()}`,
      })
      planned++
    }
    return planned
  })
}

function dayBefore({ event_date, timezone }: ComingEvent): Date {
  const zone = isTimeZone(timezone) ? timezone : 'UTC'
  const wall = wallClock(new Date(event_date), zone)
  const day = new Date(Date.parse(`${wall.slice(0, 10)}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10)
  return instantOf(`${day}${wall.slice(10)}`, zone)
}
