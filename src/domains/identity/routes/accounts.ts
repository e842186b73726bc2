import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Services } from '../../../platform/services.ts'
import { register } from '../registration.ts'
import { Registration, SignedIn } from '../schemas/accounts.ts'
import { deviceOf, handOver } from './session-reply.ts'

export function accountRoutes(services: Services): FastifyPluginAsyncTypebox {
  const { config } = services

  return async (app) => {
    app.post(
      '/auth/register',
      {
        config: {
          access: 'public',
          session: 'ignored',
          errors: ['auth.email_taken', 'auth.username_taken', 'auth.too_many_attempts', 'auth.busy'],
        },
        schema: {
          tags: ['identity'],
          summary: 'Create an account and sign in',
          body: Registration,
          response: { 201: SignedIn },
        },
      },
      async (request, reply) =>
        reply
          .code(201)
          .send(handOver(reply, await register(services, request.body, deviceOf(request, config)), config)),
    )
  }
}
