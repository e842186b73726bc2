import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { sendJson } from '../../platform/http/index.ts'
import type { Services } from '../../platform/services.ts'
import { readDirectory } from './directory.ts'
import { Directory, DirectoryQuery } from './schemas.ts'

export function coachingRoutes(services: Services): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/coaches',
      {
        config: { access: 'public', errors: ['cursor.invalid', 'coach.currency_required'] },
        schema: {
          tags: ['coaching'],
          summary: 'The directory of coaches, best rated first (P4)',
          querystring: DirectoryQuery,
          response: { 200: Directory },
        },
      },
      async (request, reply) => {
        const { actor, query } = request
        return sendJson(reply, await readDirectory(services, actor, query), { etag: actor === null })
      },
    )
  }
}
