import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { sendJson } from '../../platform/http/index.ts'
import type { Services } from '../../platform/services.ts'
import { readFeed } from './feed.ts'
import { writePost } from './posts.ts'
import { addReaction, removeReaction } from './reactions.ts'
import { Feed, FeedQuery, NewPost, Post, ReactionPath } from './schemas.ts'

export function communityRoutes(services: Services): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/posts',
      {
        config: { access: 'public', errors: ['cursor.invalid'] },
        schema: {
          tags: ['community'],
          summary: 'The community feed, newest first (P3)',
          querystring: FeedQuery,
          response: { 200: Feed },
        },
      },
      async (request, reply) => {
        const { text, isShared } = await readFeed(services, request.actor, request.query)
        return sendJson(reply, text, { etag: isShared })
      },
    )

    app.post(
      '/posts',
      {
        config: { access: 'signed_in', impersonation: 'allowed', errors: ['post.announcement_is_staffs'] },
        schema: {
          tags: ['community'],
          summary: 'Publish a post (W3)',
          body: NewPost,
          response: { 201: Post },
        },
      },
      async (request, reply) =>
        sendJson(reply.code(201), await writePost(services, request.actor!, request.body)),
    )

    app.put(
      '/posts/:post_id/reactions/:reaction_type',
      {
        config: { access: 'signed_in', impersonation: 'allowed', errors: ['post.not_found'] },
        schema: {
          tags: ['community'],
          summary: 'Like, love or bookmark a post',
          params: ReactionPath,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        await addReaction(services, request.actor!, request.params)
        return reply.code(204).send(null)
      },
    )

    app.delete(
      '/posts/:post_id/reactions/:reaction_type',
      {
        config: { access: 'signed_in', impersonation: 'allowed' },
        schema: {
          tags: ['community'],
          summary: 'Take a reaction back',
          params: ReactionPath,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        await removeReaction(services, request.actor!, request.params)
        return reply.code(204).send(null)
      },
    )
  }
}
