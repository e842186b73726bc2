import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { sendJson } from '../../platform/http/index.ts'
import type { Services } from '../../platform/services.ts'
import { readMe } from './me.ts'
import { Me } from './schemas.ts'

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
  }
}
