import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Actor } from '../../../platform/actor.ts'
import { sendJson } from '../../../platform/http/index.ts'
import type { Services } from '../../../platform/services.ts'
import { block, readBlocks, unblock } from '../blocks.ts'
import { follow, removeFollower, unfollow } from '../follows.ts'
import { mute, readMutes, unmute } from '../mutes.ts'
import { Cards, PageOfPeopleQuery, UserPath } from '../schemas/people.ts'

type Change = {
  readonly method: 'PUT' | 'DELETE'
  readonly url: string
  readonly summary: string
  readonly errors?: readonly string[]
  readonly change: (services: Services, actor: Actor, userId: string) => Promise<void>
}

/** What I am to somebody: each is there or not, and doing it again changes nothing. */
const CHANGES: readonly Change[] = [
  {
    method: 'PUT',
    url: '/people/:user_id/follow',
    summary: 'Follow somebody',
    errors: ['person.not_found', 'person.is_oneself', 'person.blocked'],
    change: follow,
  },
  {
    method: 'DELETE',
    url: '/people/:user_id/follow',
    summary: 'Follow somebody no longer',
    change: unfollow,
  },
  {
    method: 'DELETE',
    url: '/me/followers/:user_id',
    summary: 'End that somebody follows me',
    change: removeFollower,
  },
  {
    method: 'PUT',
    url: '/people/:user_id/block',
    summary:
      'Block somebody: I see no more than their card, they do not find me, and neither follows or writes to the other',
    errors: ['person.not_found', 'person.is_oneself'],
    change: block,
  },
  {
    method: 'DELETE',
    url: '/people/:user_id/block',
    summary: 'Block somebody no longer; the follows that it ended stay ended',
    change: unblock,
  },
  {
    method: 'PUT',
    url: '/people/:user_id/mute',
    summary: 'Mute somebody, who does not notice',
    errors: ['person.not_found', 'person.is_oneself'],
    change: mute,
  },
  {
    method: 'DELETE',
    url: '/people/:user_id/mute',
    summary: 'Mute somebody no longer',
    change: unmute,
  },
]

export function relationRoutes(services: Services): FastifyPluginAsyncTypebox {
  return async (app) => {
    for (const { method, url, summary, errors = [], change } of CHANGES)
      app.route({
        method,
        url,
        config: { access: 'signed_in', impersonation: 'allowed', errors },
        schema: { tags: ['identity'], summary, params: UserPath, response: { 204: Type.Null() } },
        async handler(request, reply) {
          await change(services, request.actor!, request.params.user_id)
          return reply.code(204).send(null)
        },
      })

    app.get(
      '/me/blocks',
      {
        config: { access: 'signed_in', errors: ['cursor.invalid'] },
        schema: {
          tags: ['identity'],
          summary: 'Whom I have blocked, newest first',
          querystring: PageOfPeopleQuery,
          response: { 200: Cards },
        },
      },
      async (request, reply) => sendJson(reply, await readBlocks(services, request.actor!, request.query)),
    )

    app.get(
      '/me/mutes',
      {
        config: { access: 'signed_in', errors: ['cursor.invalid'] },
        schema: {
          tags: ['identity'],
          summary: 'Whom I have muted, newest first',
          querystring: PageOfPeopleQuery,
          response: { 200: Cards },
        },
      },
      async (request, reply) => sendJson(reply, await readMutes(services, request.actor!, request.query)),
    )
  }
}
