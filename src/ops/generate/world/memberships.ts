import { type Calendar, DAY } from '../calendar.ts'
import { uniform } from '../draws.ts'
import { shared } from '../shared-arrays.ts'
import type { People } from './people.ts'

/** Paid memberships, at most one a person; each has one payment. */
export type Memberships = {
  readonly count: number
  readonly person: Uint32Array
  readonly started: Float64Array
  readonly tier: Uint8Array
  readonly standing: Uint8Array
  readonly annual: Uint8Array
}

export const TIERS = ['build', 'thrive', 'impact'] as const
export const TIER_DOLLARS = [5, 12, 30] as const
export const MEMBERSHIP_STANDINGS = ['active', 'past_due', 'cancelled', 'expired'] as const
export const LIVE = 0

export function makeMemberships(seed: number, people: People, calendar: Calendar): Memberships {
  const wants = uniform(seed, 'memberships.wants')
  const when = uniform(seed, 'memberships.started')
  const persons = [...people.joined.keys()].filter(
    (p) => wants(p) < 0.2 && people.joined[p]! < calendar.end - 2 * DAY,
  )
  const count = persons.length
  const memberships = {
    count,
    person: shared.words(count),
    started: shared.numbers(count),
    tier: shared.bytes(count),
    standing: shared.bytes(count),
    annual: shared.bytes(count),
  }
  memberships.person.set(persons)
  persons.forEach((person, m) => {
    const u = wants(person) / 0.2
    const from = people.joined[person]!
    memberships.started[m] = Math.floor(from + when(person) * (calendar.end - DAY - from))
    memberships.tier[m] = u < 0.6 ? 0 : u < 0.92 ? 1 : 2
    memberships.annual[m] = (u * 10) % 1 < 0.3 ? 1 : 0
    const ended = (u * 100) % 1
    memberships.standing[m] = ended < 0.72 ? LIVE : ended < 0.76 ? 1 : ended < 0.9 ? 2 : 3
  })
  return memberships
}
