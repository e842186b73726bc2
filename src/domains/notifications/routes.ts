import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { sendJson } from '../../platform/http/index.ts'
import type { Services } from '../../platform/services.ts'
import { readNotifications, readOne, readUpTo } from './notifications.ts'
import { channelRoutes } from './routes/channels.ts'
import { NotificationPath, NotificationQuery, Notifications, ReadUpTo } from './schemas.ts'

const MARKING = { access: 'signed_in', impersonation: 'refused' } as const

export function notificationsRoutes(services: Services): FastifyPluginAsyncTypebox {
  const tags = ['notifications']

  return async (app) => {
    await app.register(channelRoutes(services))

    app.get(
      '/me/notifications',
      {
        config: { access: 'signed_in', errors: ['cursor.invalid'] },
        schema: {
          tags,
          summary: 'What I am told, newest first',
          querystring: NotificationQuery,
          response: { 200: Notifications },
        },
      },
      async ({ actor, query }, reply) => sendJson(reply, await readNotifications(services, actor!, query)),
    )

    app.put(
      '/me/notifications/:notification_id/read',
      {
        config: { ...MARKING, errors: ['notification.not_found'] },
        schema: { tags, summary: 'I have read it', params: NotificationPath, response: { 204: Type.Null() } },
      },
      async (request, reply) => {
        await readOne(services, request.actor!, request.params.notification_id)
        return reply.code(204).send(null)
      },
    )

    app.put(
      '/me/notifications/read',
      {
        config: MARKING,
        schema: {
          tags,
          summary: 'I have read all up to one',
          body: ReadUpTo,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        await readUpTo(services, request.actor!, request.body.up_to)
        return reply.code(204).send(null)
      },
    )
  }
}
