import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Services } from '../../../platform/services.ts'
import { changeNames } from '../names.ts'
import { AccountNames, NamesChange } from '../schemas/names.ts'

export function nameRoutes(services: Services): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.patch(
      '/me/account',
      {
        config: {
          access: 'signed_in',
          impersonation: 'allowed',
          errors: ['auth.username_taken', 'account.username_changed_too_often', 'account.not_found'],
        },
        schema: {
          tags: ['identity'],
          summary: 'Change my name or username; the former username stays mine for 30 days',
          body: NamesChange,
          response: { 200: AccountNames },
        },
      },
      async (request) => changeNames(services, request.actor!, request.body),
    )
  }
}
