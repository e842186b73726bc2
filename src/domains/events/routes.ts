import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { sendJson, sendMoved } from '../../platform/http/index.ts'
import type { Services } from '../../platform/services.ts'
import { readEvent } from './event-page.ts'
import { Event, EventPath } from './schemas.ts'

export function eventsRoutes(services: Services): FastifyPluginAsyncTypebox {
  return async (app) => {
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
  }
}
