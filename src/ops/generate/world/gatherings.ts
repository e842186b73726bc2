import { type Calendar, DAY, HOUR, shareUntil } from '../calendar.ts'
import { priceIn } from '../countries.ts'
import { walkCrowd, zipfSizes } from '../crowd.ts'
import { exponential, uniform } from '../draws.ts'
import { shared } from '../shared-arrays.ts'
import { currencyOf } from './courses.ts'
import type { People } from './people.ts'

/** Events with two tickets each, and who comes. Event 0 is the first to have been announced. */
export type Gatherings = {
  readonly count: number
  readonly organizer: Uint32Array
  readonly published: Float64Array
  readonly at: Float64Array
  readonly capacity: Uint32Array
  /** Of the first ticket, in hundredths of the organizer's currency; 0: free. The second costs twice as much. */
  readonly price: Float64Array
  readonly registrations: number
  readonly event: Uint32Array
  readonly person: Uint32Array
  readonly registered: Float64Array
  readonly standing: Uint8Array
  /** 0 or 1. */
  readonly ticket: Uint8Array
  /** Places taken, by event * 2 + ticket. */
  readonly sold: Uint32Array
  readonly attended: Uint32Array
}

export const STANDINGS = ['registered', 'attended', 'no_show', 'cancelled'] as const
export const ATTENDED = 1
export const CANCELLED = 3
const EACH = 3
/** How long before it begins an event is announced, at most. */
const NOTICE = 60 * DAY

export function makeGatherings(seed: number, people: People, calendar: Calendar): Gatherings {
  const events = makeEvents(seed, people, calendar)
  const { count } = events
  const rank = uniform(seed, 'events.rank')
  const most = Math.floor(people.count / 8)
  const wish = zipfSizes({
    count,
    total: EACH * people.count,
    steepness: 0.7,
    most,
    rank,
    rounding: uniform(seed, 'events.rounding'),
  })
  const room = uniform(seed, 'events.capacity')
  for (let event = 0; event < count; event++) {
    events.capacity[event] = Math.max(20, Math.ceil((wish[event]! * (0.8 + room(event))) / 10) * 10)
  }
  return { ...events, ...register(seed, people, calendar, events, wish) }
}

export const holdsPlace = (standing: number) => standing !== CANCELLED

function makeEvents(seed: number, people: People, calendar: Calendar) {
  const count = Math.min(2000, Math.max(40, Math.round(people.count / 50)))
  const events = {
    count,
    organizer: shared.words(count),
    published: shared.numbers(count),
    at: shared.numbers(count),
    capacity: shared.words(count),
    price: shared.numbers(count),
  }
  const who = uniform(seed, 'events.organizer')
  const notice = uniform(seed, 'events.notice')
  const dollars = uniform(seed, 'events.price')
  const hosts = Math.max(1, Math.floor(people.coaches.length / 3))
  for (let event = 0; event < count; event++) {
    const organizer = people.coaches[Math.floor(who(event) * hosts)]!
    const earliest = people.joined[organizer]! + 2 * DAY
    const spread = (event + notice(event)) / count
    events.organizer[event] = organizer
    events.published[event] = Math.floor(
      Math.min(calendar.end - DAY, earliest + spread * Math.max(0, calendar.end - earliest)),
    )
    const day = events.published[event]! + 10 * DAY + notice(event) * (NOTICE - 10 * DAY)
    events.at[event] = day - (day % DAY) + (9 + Math.floor(notice(event) * 9)) * HOUR
    events.price[event] =
      dollars(event) < 0.6 ? 0 : priceIn(currencyOf(people, organizer), dollars(event) * 30)
  }
  return events
}

function register(
  seed: number,
  people: People,
  calendar: Calendar,
  events: ReturnType<typeof makeEvents>,
  wish: Uint32Array,
) {
  const taken = {
    event: [] as number[],
    person: [] as number[],
    at: [] as number[],
    standing: [] as number[],
    ticket: [] as number[],
  }
  const sold = shared.words(events.count * 2)
  const attended = shared.words(events.count)
  const where = uniform(seed, 'registrations.where')
  const fate = uniform(seed, 'registrations.fate')
  const delay = exponential(seed, 'registrations.delay')
  for (let event = 0; event < events.count; event++) {
    const closes = Math.min(calendar.end, events.at[event]!)
    const here = Math.floor(people.count * shareUntil(calendar, closes - HOUR))
    const size = Math.min(wish[event]!, events.capacity[event]!, Math.floor(here * 0.6))
    walkCrowd(here, size, where(event), (person) => {
      if (person === events.organizer[event]) return
      const row = taken.at.length
      const opens = Math.max(events.published[event]!, people.joined[person]!)
      const standing = standingOf(fate(row), events.at[event]! + 2 * HOUR < calendar.end)
      const ticket = (fate(row) * 10) % 1 < 0.85 ? 0 : 1
      taken.event.push(event)
      taken.person.push(person)
      taken.at.push(Math.floor(opens + (closes - opens) * Math.min(0.999, delay(row) / 3)))
      taken.standing.push(standing)
      taken.ticket.push(ticket)
      if (holdsPlace(standing)) sold[event * 2 + ticket]! += 1
      if (standing === ATTENDED) attended[event]! += 1
    })
  }
  return {
    registrations: taken.at.length,
    sold,
    attended,
    event: words(taken.event),
    person: words(taken.person),
    registered: numbers(taken.at),
    standing: bytes(taken.standing),
    ticket: bytes(taken.ticket),
  }
}

function standingOf(u: number, over: boolean): number {
  if (u < 0.05) return CANCELLED
  if (!over) return 0
  return u < 0.75 ? ATTENDED : 2
}

function words(from: number[]): Uint32Array {
  const to = shared.words(from.length)
  to.set(from)
  return to
}

function numbers(from: number[]): Float64Array {
  const to = shared.numbers(from.length)
  to.set(from)
  return to
}

function bytes(from: number[]): Uint8Array {
  const to = shared.bytes(from.length)
  to.set(from)
  return to
}
