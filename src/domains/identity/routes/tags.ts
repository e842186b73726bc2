import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { sendJson } from '../../../platform/http/index.ts'
import type { Services } from '../../../platform/services.ts'
import { TagQuery, Tags } from '../schemas/tags.ts'
import { readTags } from '../tags.ts'

export function tagRoutes(services: Services): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/tags',
      {
        config: { access: 'public', session: 'ignored', errors: ['cursor.invalid'] },
        schema: {
          tags: ['identity'],
          summary: 'The taxonomy by name, for typing ahead',
          querystring: TagQuery,
          response: { 200: Tags },
        },
      },
      async (request, reply) => sendJson(reply, await readTags(services, request.query), { etag: true }),
    )
  }
}
