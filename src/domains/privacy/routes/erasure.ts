import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { clearSessionCookie, isSecure } from '../../../platform/http/index.ts'
import type { Services } from '../../../platform/services.ts'
import { keepAccount, requestErasure } from '../erasure.ts'
import { Erasure, ErasureRequest, KeepAccount } from '../schemas/erasure.ts'

export function erasureRoutes(services: Services): FastifyPluginAsyncTypebox {
  const tags = ['privacy']
  const secure = isSecure(services.config.publicUrl)

  return async (app) => {
    app.post(
      '/me/erasure',
      {
        config: {
          access: 'signed_in',
          proof: 'recent',
          errors: ['erasure.running', 'role.last_super_admin'],
        },
        schema: {
          tags,
          summary: 'Delete my account: closed at once, erased for good when the way back ends',
          body: ErasureRequest,
          response: { 202: Erasure },
        },
      },
      async (request, reply) => {
        const { erasure_id, public_writing, requested_at, cancellable_until } = await requestErasure(
          services,
          request.actor!,
          request.body.public_writing,
        )
        clearSessionCookie(reply, { secure })
        return reply.code(202).send({ erasure_id, public_writing, requested_at, cancellable_until })
      },
    )

    app.post(
      '/account-keepings',
      {
        config: { access: 'public', limit: 'code', errors: ['auth.link_invalid', 'erasure.too_late'] },
        schema: {
          tags,
          summary: 'Keep the account, by the mailed link',
          body: KeepAccount,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        await keepAccount(services, request.body.token)
        return reply.code(204).send(null)
      },
    )
  }
}
