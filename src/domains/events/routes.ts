import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { sendJson, sendMoved } from '../../platform/http/index.ts'
import type { Services } from '../../platform/services.ts'
import { readCalendar } from './calendar.ts'
import { readEvent } from './event-page.ts'
import { readEvents } from './listing.ts'
import { Event, EventPath, Events, EventsQuery } from './schemas.ts'

export function eventsRoutes(services: Services): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/events',
      {
        config: { access: 'public', session: 'ignored', errors: ['cursor.invalid'] },
        schema: {
          tags: ['events'],
          summary: 'Events to come, the next first, or those that are over, the latest first',
          querystring: EventsQuery,
          response: { 200: Events },
        },
      },
      async (request, reply) => sendJson(reply, await readEvents(services, request.query), { etag: true }),
    )

    app.get(
      '/events/:slug',
      {
        config: { access: 'public', errors: ['event.not_found'] },
        schema: {
          tags: ['events'],
          summary: 'An event with its tickets (P5)',
          description: 'An address that the event once had answers 301 to the present one.',
          params: EventPath,
          response: { 200: Event, 301: Type.Null() },
        },
      },
      async (request, reply) => {
        const page = await readEvent(services, request.actor, request.params.slug)
        if ('movedTo' in page) return sendMoved(reply, `${app.prefix}/events/${page.movedTo}`)
        return sendJson(reply, page.text, { etag: page.isPublic })
      },
    )

    app.get(
      '/events/:slug/calendar',
      {
        config: { access: 'public', errors: ['event.not_found'] },
        schema: {
          tags: ['events'],
          summary: 'An event for a calendar (iCalendar, RFC 5545)',
          description: 'A file that calendars take; taken again, a later one replaces an earlier one.',
          params: EventPath,
          response: {
            200: { description: 'The file', content: { 'text/calendar': { schema: Type.String() } } },
            301: Type.Null(),
          },
        },
      },
      async (request, reply) => {
        const page = await readCalendar(services, request.actor, request.params.slug)
        if ('movedTo' in page) return sendMoved(reply, `${app.prefix}/events/${page.movedTo}/calendar`)
        return reply
          .header('cache-control', page.isPublic ? 'public, max-age=60' : 'private, no-store')
          .header('content-disposition', `attachment; filename="${request.params.slug}.ics"`)
          .type('text/calendar; charset=utf-8')
          .send(page.text)
      },
    )
  }
}
