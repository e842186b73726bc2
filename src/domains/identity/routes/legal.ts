import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { sendJson } from '../../../platform/http/index.ts'
import type { Services } from '../../../platform/services.ts'
import { readLegal } from '../legal.ts'
import { Legal } from '../schemas/legal.ts'

export function legalRoutes(services: Services): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/legal',
      {
        config: { access: 'public', session: 'ignored' },
        schema: {
          tags: ['identity'],
          summary: 'The versions of the terms and the privacy notice that are in force',
          response: { 200: Legal },
        },
      },
      async (_request, reply) => sendJson(reply, await readLegal(services), { etag: true }),
    )
  }
}
