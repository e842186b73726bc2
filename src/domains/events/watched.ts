import type { Watchable } from '../../platform/realtime/index.ts'
import { FOLLOWABLE_EVENTS, figuresOfEvents } from './queries/watched.ts'

/** How many have registered for an event and how many places are left, while it is on a screen. */
export const WATCHED_EVENTS: Watchable = {
  kind: 'event',
  event: 'counters',
  async allowed({ db }, actor, ids) {
    return JSON.parse((await db.textAs(actor, FOLLOWABLE_EVENTS, [ids])) ?? '[]')
  },
  async figures({ db }, ids) {
    const events = await figuresOfEvents(db.anonymous, ids)
    return new Map(events.map(({ event_id, ...figures }) => [event_id, figures]))
  },
}
