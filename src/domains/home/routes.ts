import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { sendJson } from '../../platform/http/index.ts'
import type { Services } from '../../platform/services.ts'
import { readAgenda } from './agenda.ts'
import { readMe } from './me.ts'
import { Agenda, AgendaQuery, Found, Me, SearchQuery } from './schemas.ts'
import { search } from './search.ts'

export function homeRoutes(services: Services): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/me',
      {
        config: { access: 'signed_in' },
        schema: {
          tags: ['home'],
          summary: 'My account, profile, roles and membership (P1)',
          response: { 200: Me },
        },
      },
      async (request, reply) => sendJson(reply, await readMe(services, request.actor!)),
    )

    app.get(
      '/me/agenda',
      {
        config: { access: 'signed_in' },
        schema: {
          tags: ['home'],
          summary: 'What I have booked and is still to come, the next first',
          querystring: AgendaQuery,
          response: { 200: Agenda },
        },
      },
      async (request, reply) =>
        sendJson(reply, await readAgenda(services, request.actor!, request.query.limit)),
    )

    app.get(
      '/search',
      {
        config: { access: 'public', limit: 'search' },
        schema: {
          tags: ['home'],
          summary: 'Programs, people, posts and events, while somebody types',
          description:
            'Every word is taken for a beginning, whatever its case and accents. A few of each kind, the best first.',
          querystring: SearchQuery,
          response: { 200: Found },
        },
      },
      async (request, reply) => {
        const { actor, query } = request
        return sendJson(reply, await search(services, actor, query), { etag: actor === null })
      },
    )
  }
}
