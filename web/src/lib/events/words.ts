import type { ItemOf } from '#lib/api/types.ts'
import { countryName, date, money, number } from '#lib/i18n/index.ts'
import { m } from '#lib/paraglide/messages.js'

/** What a card shows needs neither who organises it nor in which language, where it is streamed, or on which clock it was set. */
export type EventCardData = Omit<
  ItemOf<'/api/v1/events'>,
  'organizer' | 'virtual_platform' | 'language' | 'timezone'
>

type Placed = Pick<EventCardData, 'location_type' | 'city' | 'country' | 'physical_address'>

/** `Nairobi, Kenya, and online`. */
export function placeOf({ location_type, city, country, physical_address }: Placed): string {
  if (location_type === 'virtual') return m.events_online()
  const place = [city, country && countryName(country)].filter(Boolean).join(', ') || (physical_address ?? '')
  return location_type === 'hybrid' && place !== '' ? m.events_and_online({ place }) : place
}

/** What the least costs, and where that is nothing, what the most does. */
export function priceOf({
  lowest_price,
  highest_price,
}: Pick<EventCardData, 'lowest_price' | 'highest_price'>): string {
  if (!lowest_price || !highest_price || highest_price.amount_minor === 0) return m.events_free()
  if (lowest_price.amount_minor === 0) return m.events_price_free_or({ price: money(highest_price) })
  const isOne = lowest_price.amount_minor === highest_price.amount_minor
  return isOne ? money(lowest_price) : m.events_price_from({ price: money(lowest_price) })
}

type Timed = Pick<EventCardData, 'event_date' | 'end_date' | 'duration_minutes'>

/** In milliseconds; the beginning, when nobody knows the end. */
export function endOf({ event_date, end_date, duration_minutes }: Timed): number {
  return end_date ? Date.parse(end_date) : Date.parse(event_date) + (duration_minutes ?? 0) * 60_000
}

export function isOver(event: Timed & { readonly status: string }): boolean {
  return event.status === 'completed' || endOf(event) < Date.now()
}

/** `Africa/Dar_es_Salaam` → Dar es Salaam. */
export function zoneName(zone: string): string {
  return (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ')
}

/** `7 hr 30 min`, as the language writes it. */
export function lengthOf(minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60]
  const unit = (value: number, name: string) =>
    number(value, { style: 'unit', unit: name, unitDisplay: 'short' })
  return [hours > 0 && unit(hours, 'hour'), rest > 0 && unit(rest, 'minute')].filter(Boolean).join(' ')
}

/** Day and time in a zone; the end's day too where it is another. */
export function spanIn(event: Timed, zone: string): string {
  const ends = endOf(event)
  const from = `${date(event.event_date, zone, 'long')}, ${date(event.event_date, zone, 'time')}`
  if (ends <= Date.parse(event.event_date)) return from
  const end = new Date(ends).toISOString()
  const isSameDay = date(end, zone, 'date') === date(event.event_date, zone, 'date')
  return `${from} – ${isSameDay ? date(end, zone, 'time') : date(end, zone, 'moment')}`
}

/** Whether two zones show another time at that moment. */
export function differs(at: string, one: string, other: string): boolean {
  return date(at, one, 'moment') !== date(at, other, 'moment')
}
