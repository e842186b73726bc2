import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { clearSessionCookie } from '../../../platform/http/index.ts'
import type { Services } from '../../../platform/services.ts'
import { endImpersonation, impersonate } from '../impersonation.ts'
import { SignedIn } from '../schemas/accounts.ts'
import { NewImpersonation } from '../schemas/admin-people.ts'
import { UserPath } from '../schemas/people.ts'
import { deviceOf, handOver } from './session-reply.ts'

export function impersonationRoutes(services: Services): FastifyPluginAsyncTypebox {
  const { config } = services
  const secure = config.publicUrl.startsWith('https:')

  return async (app) => {
    app.post(
      '/admin/people/:user_id/impersonation',
      {
        config: {
          access: { permission: 'people.impersonate' },
          proof: 'recent',
          errors: ['person.not_found', 'person.yourself', 'person.inactive', 'impersonation.of_staff'],
        },
        schema: {
          tags: ['identity', 'admin'],
          summary: 'Act as somebody else for some minutes; every reply then carries Impersonated-By',
          params: UserPath,
          body: NewImpersonation,
          response: { 201: SignedIn },
        },
      },
      async (request, reply) => {
        const { reason, minutes, session: kind = 'token' } = request.body
        const how = { reason, minutes, kind, device: deviceOf(request, config) }
        const session = await impersonate(services, request.actor!, request.params.user_id, how)
        return handOver(reply.code(201), session, config)
      },
    )

    app.delete(
      '/auth/impersonation',
      {
        config: {
          access: 'signed_in',
          impersonation: 'allowed',
          maintenance: 'open',
          errors: ['impersonation.not_found'],
        },
        schema: {
          tags: ['identity'],
          summary: 'Stop acting as somebody else: this session ends',
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        await endImpersonation(services, request.actor!)
        clearSessionCookie(reply, { secure })
        return reply.code(204).send(null)
      },
    )
  }
}
