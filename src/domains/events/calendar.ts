import type { Static } from 'typebox'
import type { Actor } from '../../platform/actor.ts'
import { calendarFile } from '../../platform/icalendar.ts'
import type { Services } from '../../platform/services.ts'
import { readEvent } from './event-page.ts'
import type { Event } from './schemas.ts'

type CalendarPage = { readonly text: string; readonly isPublic: boolean } | { readonly movedTo: string }

/** An event as an iCalendar file, for whom its page shows it to. 404 `event.not_found`. */
export async function readCalendar(
  services: Services,
  actor: Actor | null,
  slug: string,
): Promise<CalendarPage> {
  const page = await readEvent(services, actor, slug)
  if ('movedTo' in page) return page
  const event: Static<typeof Event> = JSON.parse(page.text)
  return { text: calendarOf(event, services.config.publicUrl), isPublic: page.isPublic }
}

function calendarOf(event: Static<typeof Event>, publicUrl: string): string {
  const url = `${publicUrl}/events/${event.slug}`
  return calendarFile([
    {
      uid: event.event_id,
      changed: new Date(event.updated_at),
      starts: new Date(event.event_date),
      ends: endOf(event),
      isCancelled: event.status === 'cancelled',
      summary: event.title,
      description: [event.meta_description ?? event.description, url].filter(Boolean).join('\n\n'),
      location: event.physical_address ?? url,
      url,
    },
  ])
}

function endOf({ event_date, end_date, duration_minutes }: Static<typeof Event>): Date | null {
  if (end_date !== null) return new Date(end_date)
  return duration_minutes === null ? null : new Date(Date.parse(event_date) + duration_minutes * 60_000)
}
