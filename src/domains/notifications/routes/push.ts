import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Services } from '../../../platform/services.ts'
import { answerOffer, readPush, subscribe, testPush, unsubscribe } from '../push.ts'
import { NewPushSubscription, PushAdded, PushKey, PushOffer, PushPath, PushState } from '../schemas/push.ts'

const OWN = { access: 'signed_in', impersonation: 'refused' } as const

export function pushRoutes(services: Services): FastifyPluginAsyncTypebox {
  const tags = ['notifications']

  return async (app) => {
    app.get(
      '/notifications/push-key',
      {
        config: { access: 'public', session: 'ignored' },
        schema: { tags, summary: 'What a browser subscribes for (VAPID)', response: { 200: PushKey } },
      },
      async () => ({ public_key: services.push.publicKey }),
    )

    app.get(
      '/me/push-subscriptions',
      {
        config: { access: 'signed_in' },
        schema: {
          tags,
          summary: 'In which browsers I am told, and whether I was asked',
          response: { 200: PushState },
        },
      },
      ({ actor }) => readPush(services, actor!),
    )

    app.post(
      '/me/push-subscriptions',
      {
        config: { ...OWN, errors: ['push.endpoint_refused', 'push.keys_refused'] },
        schema: {
          tags,
          summary: 'Tell me in this browser, until I sign out here; as often as one likes',
          body: NewPushSubscription,
          response: { 201: PushAdded },
        },
      },
      async ({ actor, body }, reply) =>
        reply.code(201).send({ subscription_id: await subscribe(services, actor!, body) }),
    )

    app.delete(
      '/me/push-subscriptions/:subscription_id',
      {
        config: { ...OWN, errors: ['push_subscription.not_found'] },
        schema: {
          tags,
          summary: 'No longer in that browser',
          params: PushPath,
          response: { 204: Type.Null() },
        },
      },
      async ({ actor, params }, reply) => {
        await unsubscribe(services, actor!, params.subscription_id)
        return reply.code(204).send(null)
      },
    )

    app.post(
      '/me/push-subscriptions/:subscription_id/tests',
      {
        config: { ...OWN, limit: 'reset', errors: ['push_subscription.not_found'] },
        schema: {
          tags,
          summary: 'Send a message there to look at',
          params: PushPath,
          response: { 204: Type.Null() },
        },
      },
      async ({ actor, params }, reply) => {
        await testPush(services, actor!, params.subscription_id)
        return reply.code(204).send(null)
      },
    )

    app.put(
      '/me/push-offer',
      {
        config: OWN,
        schema: {
          tags,
          summary: 'What I say to being told by push: I am not asked again',
          body: PushOffer,
          response: { 204: Type.Null() },
        },
      },
      async ({ actor, body }, reply) => {
        await answerOffer(services, actor!, body.answer)
        return reply.code(204).send(null)
      },
    )
  }
}
