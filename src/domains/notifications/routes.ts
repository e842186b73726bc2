import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Services } from '../../platform/services.ts'
import { change, changeAll, countUnread, readNotifications } from './inbox.ts'
import type { Registry } from './registry.ts'
import { broadcastRoutes } from './routes/broadcasts.ts'
import { channelRoutes } from './routes/channels.ts'
import { deskRoutes } from './routes/desk.ts'
import { muteRoutes } from './routes/mutes.ts'
import { NotificationPath, NotificationQuery, Notifications, UnreadCount, UpTo } from './schemas.ts'

const CHANGING = {
  access: 'signed_in',
  impersonation: 'refused',
  errors: ['notification.not_found'],
} as const

export function notificationsRoutes(services: Services, registry: Registry): FastifyPluginAsyncTypebox {
  const tags = ['notifications']

  return async (app) => {
    await app.register(channelRoutes(services))
    await app.register(broadcastRoutes(services))
    await app.register(muteRoutes(services, registry))
    await app.register(deskRoutes(services, registry))

    app.get(
      '/me/notifications',
      {
        config: { access: 'signed_in', errors: ['cursor.invalid'] },
        schema: {
          tags,
          summary: 'What I am told, newest first, in my language',
          querystring: NotificationQuery,
          response: { 200: Notifications },
        },
      },
      ({ actor, query }) => readNotifications(services, registry, actor!, query),
    )

    app.get(
      '/me/notifications/unread-count',
      {
        config: { access: 'signed_in' },
        schema: { tags, summary: 'How many I have not read', response: { 200: UnreadCount } },
      },
      async ({ actor }) => ({ unread_count: await countUnread(services, actor!) }),
    )

    const one = [
      ['PUT', 'read', 'read', 'I have read it'],
      ['DELETE', 'read', 'unread', 'I want to read it again'],
      ['PUT', 'archive', 'archived', 'Put it aside'],
      ['DELETE', 'archive', 'inbox', 'Take it back, with what of its thread was put aside at once'],
    ] as const
    for (const [method, resource, to, summary] of one) {
      app.route({
        method,
        url: `/me/notifications/:notification_id/${resource}`,
        config: CHANGING,
        schema: { tags, summary, params: NotificationPath, response: { 204: Type.Null() } },
        handler: async (request, reply) => {
          await change(services, request.actor!, request.params.notification_id, to)
          return reply.code(204).send(null)
        },
      })
    }

    const many = [
      ['read', 'read', 'I have read all up to one'],
      ['archive', 'archived', 'Put aside all up to one'],
    ] as const
    for (const [resource, to, summary] of many) {
      app.put(
        `/me/notifications/${resource}`,
        { config: CHANGING, schema: { tags, summary, body: UpTo, response: { 204: Type.Null() } } },
        async (request, reply) => {
          await changeAll(services, request.actor!, request.body, to)
          return reply.code(204).send(null)
        },
      )
    }
  }
}
