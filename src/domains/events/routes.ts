import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { sendJson } from '../../platform/http/index.ts'
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
          description: 'An address that an event once had answers 301 with its present one.',
          params: EventPath,
          response: { 200: Event, 301: Type.Null() },
        },
      },
      async (request, reply) => {
        const page = await readEvent(services, request.actor, request.params.slug)
        if ('json' in page) return sendJson(reply, page.json, { etag: page.shared })
        return reply.header('cache-control', 'no-cache').redirect(`${app.prefix}/events/${page.movedTo}`, 301)
      },
    )
  }
}
