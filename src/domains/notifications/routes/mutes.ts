import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Services } from '../../../platform/services.ts'
import { mute, readMutes, unmute } from '../mutes.ts'
import type { Registry } from '../registry.ts'
import { Mutes, ThreadPath } from '../schemas.ts'

const CHANGING = { access: 'signed_in', impersonation: 'refused' } as const

/** Threads that somebody has heard enough of. People are muted at `/people/{user_id}/mute`. */
export function muteRoutes(services: Services, registry: Registry): FastifyPluginAsyncTypebox {
  const tags = ['notifications']

  return async (app) => {
    app.get(
      '/me/notification-mutes',
      {
        config: { access: 'signed_in' },
        schema: { tags, summary: 'Threads of which I hear no more', response: { 200: Mutes } },
      },
      ({ actor }) => readMutes(services, registry, actor!),
    )

    app.put(
      '/me/notification-mutes/:thread_key',
      {
        config: { ...CHANGING, errors: ['notification_mute.too_many'] },
        schema: {
          tags,
          summary: 'Hear no more of a thread',
          params: ThreadPath,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        await mute(services, request.actor!, request.params.thread_key)
        return reply.code(204).send(null)
      },
    )

    app.delete(
      '/me/notification-mutes/:thread_key',
      {
        config: CHANGING,
        schema: { tags, summary: 'Hear of it again', params: ThreadPath, response: { 204: Type.Null() } },
      },
      async (request, reply) => {
        await unmute(services, request.actor!, request.params.thread_key)
        return reply.code(204).send(null)
      },
    )
  }
}
