import type { paths } from '#lib/api/generated/openapi.d.ts'
import { filtersOf } from '#lib/find/address.ts'

type Query = NonNullable<paths['/api/v1/events']['get']['parameters']['query']>
export type EventFilters = Record<(typeof NAMES)[number], string>

const NAMES = ['when', 'q', 'place', 'country', 'city', 'pricing', 'from', 'to'] as const

export function eventFilters(url: URL): EventFilters {
  return filtersOf(url, NAMES)
}

/** What an address asks for, as the API is asked; what makes no sense is not passed on. */
export function eventQuery(filters: EventFilters, cursor: string | null): Query {
  const { when, q, place, country, city, pricing, from, to } = filters
  const begins = dayOf(from, 0)
  const ends = dayOf(to, 1)
  return {
    ...(when === 'past' && { when }),
    ...(q && { q }),
    ...(place === 'online' && { online: true }),
    ...(place === 'physical' && { online: false }),
    ...(/^[A-Z]{2}$/.test(country) && { country }),
    ...(city && { city: city.slice(0, 100) }),
    ...((pricing === 'free' || pricing === 'paid') && { pricing }),
    ...(begins && { from: begins }),
    ...(ends && { to: ends }),
    ...(cursor && { cursor }),
  }
}

/** A day as it is typed (2026-03-01), or one that many after it, begins at midnight in Nairobi. */
function dayOf(day: string, later: number): string | null {
  const midnight = Date.parse(`${day}T00:00:00+03:00`)
  return /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(midnight)
    ? new Date(midnight + later * 86_400_000).toISOString()
    : null
}
