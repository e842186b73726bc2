import type { Reply } from '#lib/api/types.ts'
import { endOf } from './words.ts'

type Event = Reply<'/api/v1/events/{slug}'>

const MODES: Readonly<Record<string, string>> = {
  virtual: 'OnlineEventAttendanceMode',
  physical: 'OfflineEventAttendanceMode',
  hybrid: 'MixedEventAttendanceMode',
}

/** For search engines: https://schema.org/Event. */
export function structuredEvent(event: Event, url: string): object {
  const organizer = event.organizer && { '@type': 'Person', name: event.organizer.full_name }
  return {
    '@context': 'https://schema.org',
    '@type': 'Event',
    name: event.title,
    description: event.meta_description ?? event.description ?? undefined,
    startDate: event.event_date,
    endDate: new Date(endOf(event)).toISOString(),
    inLanguage: event.language,
    url,
    eventStatus: `https://schema.org/${event.status === 'cancelled' ? 'EventCancelled' : 'EventScheduled'}`,
    eventAttendanceMode: `https://schema.org/${MODES[event.location_type] ?? 'MixedEventAttendanceMode'}`,
    location: locationsOf(event, url),
    ...(organizer && { organizer }),
    offers: event.tickets.map(({ name, price, remaining }) => ({
      '@type': 'Offer',
      name,
      price: price.amount_minor / 10 ** digitsOf(price.currency),
      priceCurrency: price.currency,
      availability: `https://schema.org/${remaining === 0 ? 'SoldOut' : 'InStock'}`,
      url,
    })),
  }
}

function locationsOf({ location_type, physical_address, city, country }: Event, url: string): object[] {
  const online = { '@type': 'VirtualLocation', url }
  const place = {
    '@type': 'Place',
    name: physical_address ?? city ?? undefined,
    address: {
      '@type': 'PostalAddress',
      streetAddress: physical_address ?? undefined,
      addressLocality: city ?? undefined,
      addressCountry: country ?? undefined,
    },
  }
  if (location_type === 'virtual') return [online]
  return location_type === 'hybrid' ? [place, online] : [place]
}

function digitsOf(currency: string): number {
  return (
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
  )
}
