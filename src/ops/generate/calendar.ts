import { uniform } from './draws.ts'
import { shared } from './shared-arrays.ts'

/**
 * When things happen: two years that end at `end`, each hour with a weight. More and more people come, evenings and
 * weekdays are busy, campaign days are six times as busy as others.
 */
export type Calendar = {
  readonly start: number
  readonly end: number
  /** The sum of the weights before each hour; one entry more than there are hours. */
  readonly sums: Float64Array
}

const DAYS = 730
export const HOUR = 3_600_000
export const DAY = 24 * HOUR
const CAMPAIGN_EVERY = 45
/** By hour of the day in UTC; the people live one to three hours ahead. */
const HOURS = [2, 1, 1, 1, 3, 6, 9, 10, 9, 9, 10, 11, 9, 8, 9, 11, 15, 20, 24, 23, 18, 12, 7, 4]
/** Sunday first. */
const WEEKDAYS = [0.75, 1.1, 1.2, 1.2, 1.15, 1, 0.6]
const GROWTH = 1.7

export function makeCalendar(seed: number, end: number): Calendar {
  const start = end - DAYS * DAY
  const campaign = campaignDays(seed)
  const sums = shared.numbers(DAYS * 24 + 1)
  for (let hour = 0; hour < DAYS * 24; hour++) {
    const day = Math.floor(hour / 24)
    const weekday = WEEKDAYS[new Date(start + hour * HOUR).getUTCDay()]!
    const growth = Math.exp((GROWTH * day) / DAYS)
    sums[hour + 1] = sums[hour]! + HOURS[hour % 24]! * weekday * growth * (campaign.has(day) ? 6 : 1)
  }
  return { start, end, sums }
}

/** A moment from `from` on; `place` in [0, 1) says how far into the busyness that is left. Later places are later moments. */
export function momentAfter(calendar: Calendar, from: number, place: number): number {
  const gone = busynessUntil(calendar, from)
  return Math.max(from, momentAt(calendar, gone + place * (calendar.sums.at(-1)! - gone)))
}

/** Which part of all that happens has happened by then, 0 to 1. */
export function shareUntil(calendar: Calendar, moment: number): number {
  return busynessUntil(calendar, moment) / calendar.sums.at(-1)!
}

/** In the evening of the day that begins at `midnight`, never before 5 o'clock; `place` in [0, 1). */
export function eveningOf(midnight: number, place: number): number {
  return midnight + (place < 0.2 ? 5 + place * 50 : 15 + (place - 0.2) * 8) * HOUR
}

function busynessUntil({ start, end, sums }: Calendar, moment: number): number {
  if (moment <= start) return 0
  if (moment >= end) return sums[sums.length - 1]!
  const hours = (moment - start) / HOUR
  const hour = Math.floor(hours)
  return sums[hour]! + (sums[hour + 1]! - sums[hour]!) * (hours - hour)
}

function momentAt({ start, sums }: Calendar, busyness: number): number {
  let low = 0
  let high = sums.length - 1
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (sums[middle]! <= busyness) low = middle
    else high = middle
  }
  const within = (busyness - sums[low]!) / (sums[low + 1]! - sums[low]!)
  return Math.floor(start + (low + within) * HOUR)
}

function campaignDays(seed: number): ReadonlySet<number> {
  const shift = uniform(seed, 'calendar.campaign')
  const days = new Set<number>()
  for (let day = CAMPAIGN_EVERY; day < DAYS; day += CAMPAIGN_EVERY) {
    const first = day - Math.floor(shift(day) * 20)
    days.add(first).add(first + 1)
  }
  return days
}
