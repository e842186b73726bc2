import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { sendJson } from '../../../platform/http/index.ts'
import type { Services } from '../../../platform/services.ts'
import { giveConsent, readConsents } from '../consents.ts'
import { ConsentPath, Consents, NewConsent } from '../schemas/consents.ts'
import { deviceOf } from './session-reply.ts'

export function consentRoutes(services: Services): FastifyPluginAsyncTypebox {
  const tags = ['identity']
  return async (app) => {
    app.get(
      '/me/consents',
      {
        config: { access: 'signed_in' },
        schema: {
          tags,
          summary: 'What I have agreed to, and all that I ever said',
          response: { 200: Consents },
        },
      },
      async (request, reply) => sendJson(reply, await readConsents(services, request.actor!)),
    )

    app.put(
      '/me/consents/:purpose',
      {
        config: {
          access: 'signed_in',
          impersonation: 'refused',
          errors: ['consent.needed', 'legal.version_outdated'],
        },
        schema: {
          tags,
          summary: 'Accept the version in force, or say yes or no to marketing',
          params: ConsentPath,
          body: NewConsent,
          response: { 200: Consents },
        },
      },
      async (request, reply) => {
        const { actor, params, body } = request
        const { ip } = deviceOf(request, services.config)
        return sendJson(reply, await giveConsent(services, actor!, params.purpose, { ...body, ip }))
      },
    )
  }
}
