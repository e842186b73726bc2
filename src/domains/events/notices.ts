import type { Db } from '../../platform/db/index.ts'
import type { Fact, Notice, Told } from '../../platform/facts/index.ts'
import { namedEvents, participantsOf } from './queries/reminders.ts'

/** What people are told of events. */
export const eventsNotices: readonly Notice[] = [
  {
    fact: 'events.event_soon',
    type: 'events',
    channels: ['email', 'push'],
    audience: participants,
    subjects: namedEvents,
    nameless: { en: 'an event', sw: 'tukio', fr: 'un événement' },
    thread: ({ reference_id }) => `event:${reference_id}`,
    texts: {
      en: ({ subject, moment, param }) => ({
        title: `Tomorrow: ${subject}`,
        message: `It begins on ${moment('event_date', param('timezone'))}. We look forward to you.`,
        action: 'See the event',
      }),
      sw: ({ subject, moment, param }) => ({
        title: `Kesho: ${subject}`,
        message: `Linaanza ${moment('event_date', param('timezone'))}. Tunakusubiri kwa furaha.`,
        action: 'Angalia tukio',
      }),
      fr: ({ subject, moment, param }) => ({
        title: `Demain : ${subject}`,
        message: `Début : ${moment('event_date', param('timezone'))}. Au plaisir de vous y voir.`,
        action: 'Voir l’événement',
      }),
    },
    path: (_fact, event) => (event?.slug ? `/events/${event.slug}` : '/events'),
  },
]

async function participants(db: Db, facts: readonly Fact[]): Promise<Told[]> {
  const events = facts.map(({ reference_id, params }) => {
    return { event_id: reference_id!, event_date: String(params.event_date) }
  })
  const byEvent = Map.groupBy(await participantsOf(db, events), ({ event_id }) => event_id)
  return facts.flatMap(({ fact_id, reference_id }) =>
    (byEvent.get(reference_id!) ?? []).map(({ user_id }) => ({ fact_id, user_id })),
  )
}
