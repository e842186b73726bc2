import { type Calendar, DAY, HOUR, momentAfter, shareUntil } from '../calendar.ts'
import { priceIn } from '../countries.ts'
import { zipfSizes } from '../crowd.ts'
import { uniform } from '../draws.ts'
import { shared } from '../shared-arrays.ts'
import { currencyOf } from './courses.ts'
import type { People } from './people.ts'

/** Sessions of one hour, on the hour; nobody is in two at once. */
export type Coaching = {
  readonly count: number
  readonly coach: Uint32Array
  readonly mentee: Uint32Array
  readonly at: Float64Array
  readonly booked: Float64Array
  readonly standing: Uint8Array
  /** 1 to 5; 0: no feedback. */
  readonly rating: Uint8Array
  /** By person. */
  readonly completed: Uint32Array
  readonly ratings: Uint32Array
  readonly ratingSum: Uint32Array
}

export const SESSION_STANDINGS = ['completed', 'scheduled', 'confirmed', 'cancelled', 'no_show'] as const
export const COMPLETED = 0
export const SESSION_CANCELLED = 3
const AHEAD = 28 * DAY

export function makeCoaching(seed: number, people: People, calendar: Calendar): Coaching {
  const planned = plan(seed, people, calendar)
  const count = planned.at.length
  const sums = {
    completed: shared.words(people.count),
    ratings: shared.words(people.count),
    ratingSum: shared.words(people.count),
  }
  const sessions = {
    count,
    coach: shared.words(count),
    mentee: shared.words(count),
    at: shared.numbers(count),
    booked: shared.numbers(count),
    standing: shared.bytes(count),
    rating: shared.bytes(count),
    ...sums,
  }
  sessions.coach.set(planned.coach)
  sessions.mentee.set(planned.mentee)
  sessions.at.set(planned.at)
  const fate = uniform(seed, 'coaching.fate')
  const quality = uniform(seed, 'coaching.quality')
  const ahead = uniform(seed, 'coaching.booked')
  for (let s = 0; s < count; s++) {
    const coach = sessions.coach[s]!
    const here = Math.max(people.joined[coach]!, people.joined[sessions.mentee[s]!]!)
    const latest = Math.min(sessions.at[s]!, calendar.end)
    sessions.booked[s] = Math.floor(latest - Math.min(latest - here, HOUR + ahead(s) * 14 * DAY))
    sessions.standing[s] = standingOf(fate(s), sessions.at[s]! + HOUR <= calendar.end)
    if (sessions.standing[s] !== COMPLETED) continue
    sums.completed[coach]! += 1
    if (ahead(s) > 0.62) continue
    const rating = Math.min(5, Math.max(1, Math.round(3.4 + quality(coach) * 1.4 + (fate(s) - 0.5) * 1.6)))
    sessions.rating[s] = rating
    sums.ratings[coach]! += 1
    sums.ratingSum[coach]! += rating
  }
  return sessions
}

/** In hundredths of the coach's currency. */
export function hourlyRate(seed: number, people: People): (coach: number) => number {
  const dollars = uniform(seed, 'coaching.rate')
  return (coach) => priceIn(currencyOf(people, coach), 8 + dollars(coach) ** 3 * 112)
}

function plan(seed: number, people: People, calendar: Calendar) {
  const rank = uniform(seed, 'coaching.rank')
  const sizes = zipfSizes({
    count: people.coaches.length,
    total: people.count,
    steepness: 0.6,
    most: 600,
    rank,
    rounding: uniform(seed, 'coaching.rounding'),
  })
  const place = uniform(seed, 'coaching.at')
  const who = uniform(seed, 'coaching.mentee')
  const busy = new Set<number>()
  const planned = { coach: [] as number[], mentee: [] as number[], at: [] as number[] }
  let draw = 0
  for (let c = 0; c < sizes.length; c++) {
    const coach = people.coaches[c]!
    for (let wish = 0; wish < sizes[c]!; wish++, draw++) {
      const moment =
        momentAfter(calendar, Math.max(people.joined[coach]!, calendar.start + DAY), place(draw)) +
        place(draw) * AHEAD
      const at = Math.ceil(moment / HOUR) * HOUR
      const here = Math.floor(people.count * shareUntil(calendar, Math.min(at, calendar.end) - HOUR))
      const mentee = Math.floor(who(draw) * here)
      const [ours, theirs] = [coach, mentee].map((person) => person * 1_000_000 + at / HOUR) as [
        number,
        number,
      ]
      if (
        mentee === coach ||
        here < 2 ||
        people.joined[mentee]! > calendar.end - HOUR ||
        busy.has(ours) ||
        busy.has(theirs)
      )
        continue
      busy.add(ours).add(theirs)
      planned.coach.push(coach)
      planned.mentee.push(mentee)
      planned.at.push(at)
    }
  }
  return planned
}

function standingOf(u: number, over: boolean): number {
  if (u < 0.07) return SESSION_CANCELLED
  if (!over) return u < 0.4 ? 1 : 2
  return u < 0.1 ? 4 : COMPLETED
}
