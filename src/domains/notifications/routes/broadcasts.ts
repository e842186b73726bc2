import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { IdempotencyHeaders, sendJson } from '../../../platform/http/index.ts'
import type { Services } from '../../../platform/services.ts'
import {
  changeDraft,
  discardDraft,
  draftBroadcast,
  readBroadcast,
  readBroadcasts,
  readReach,
  sendBroadcast,
  stopBroadcast,
} from '../broadcasts.ts'
import {
  Broadcast,
  BroadcastPath,
  Broadcasts,
  BroadcastsQuery,
  Confirmation,
  NewBroadcast,
  Reach,
} from '../schemas/broadcasts.ts'

const SENDING = { permission: 'broadcasts.send' }
const tags = ['notifications', 'admin']
const URL = '/admin/notifications/broadcasts'

export function broadcastRoutes(services: Services): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      URL,
      {
        config: { access: SENDING, errors: ['cursor.invalid'] },
        schema: {
          tags,
          summary: 'What staff told many people at once, the newest first',
          querystring: BroadcastsQuery,
          response: { 200: Broadcasts },
        },
      },
      async ({ actor, query }, reply) => sendJson(reply, await readBroadcasts(services, actor!, query)),
    )

    app.post(
      URL,
      {
        config: {
          access: SENDING,
          impersonation: 'refused',
          errors: ['broadcast.foreign_link', 'broadcast.segment_invalid', 'idempotency.key_reused'],
        },
        schema: {
          tags,
          summary: 'Draft a broadcast: what to say in three languages, to whom, and by which ways',
          headers: IdempotencyHeaders,
          body: NewBroadcast,
          response: { 201: Broadcast },
        },
      },
      async ({ actor, body, headers }, reply) =>
        sendJson(reply.code(201), await draftBroadcast(services, actor!, body, headers['idempotency-key'])),
    )

    app.get(
      `${URL}/:broadcast_id`,
      {
        config: { access: SENDING, errors: ['broadcast.not_found'] },
        schema: {
          tags,
          summary: 'A broadcast, how far it is, and what became of it by each way',
          params: BroadcastPath,
          response: { 200: Broadcast },
        },
      },
      async ({ actor, params }, reply) =>
        sendJson(reply, await readBroadcast(services, actor!, params.broadcast_id)),
    )

    app.put(
      `${URL}/:broadcast_id`,
      {
        config: {
          access: SENDING,
          impersonation: 'refused',
          errors: [
            'broadcast.not_found',
            'broadcast.not_draft',
            'broadcast.foreign_link',
            'broadcast.segment_invalid',
          ],
        },
        schema: {
          tags,
          summary: 'Write a draft anew',
          params: BroadcastPath,
          body: NewBroadcast,
          response: { 200: Broadcast },
        },
      },
      async ({ actor, params, body }, reply) =>
        sendJson(reply, await changeDraft(services, actor!, params.broadcast_id, body)),
    )

    app.delete(
      `${URL}/:broadcast_id`,
      {
        config: {
          access: SENDING,
          impersonation: 'refused',
          errors: ['broadcast.not_found', 'broadcast.not_draft'],
        },
        schema: {
          tags,
          summary: 'Throw a draft away',
          params: BroadcastPath,
          response: { 204: Type.Null() },
        },
      },
      async ({ actor, params }, reply) => {
        await discardDraft(services, actor!, params.broadcast_id)
        return reply.code(204).send(null)
      },
    )

    app.get(
      `${URL}/:broadcast_id/reach`,
      {
        config: { access: SENDING, errors: ['broadcast.not_found'] },
        schema: {
          tags,
          summary: 'How many people it would be told to now, and by each way how many and why not',
          params: BroadcastPath,
          response: { 200: Reach },
        },
      },
      ({ actor, params }) => readReach(services, actor!, params.broadcast_id),
    )

    app.put(
      `${URL}/:broadcast_id/sending`,
      {
        config: {
          access: SENDING,
          proof: 'recent',
          errors: ['broadcast.not_found', 'broadcast.nobody', 'broadcast.reach_changed', 'broadcast.stopped'],
        },
        schema: {
          tags,
          summary: 'Send it to as many people as were counted, once however often it is asked for',
          params: BroadcastPath,
          body: Confirmation,
          response: { 200: Broadcast },
        },
      },
      async ({ actor, params, body }, reply) =>
        sendJson(reply, await sendBroadcast(services, actor!, params.broadcast_id, body.people)),
    )

    app.delete(
      `${URL}/:broadcast_id/sending`,
      {
        config: {
          access: SENDING,
          impersonation: 'refused',
          errors: ['broadcast.not_found', 'broadcast.nothing_to_stop'],
        },
        schema: {
          tags,
          summary: 'Stop it: nobody more is told, and what waits to go out is taken back',
          params: BroadcastPath,
          response: { 200: Broadcast },
        },
      },
      async ({ actor, params }, reply) =>
        sendJson(reply, await stopBroadcast(services, actor!, params.broadcast_id)),
    )
  }
}
