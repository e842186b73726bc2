import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { IdempotencyHeaders, sendJson } from '../../../platform/http/index.ts'
import type { Services } from '../../../platform/services.ts'
import { readFeed } from '../feed.ts'
import { changePost, readPost, removePost, writePost } from '../posts.ts'
import { ChangedPost, Feed, FeedQuery, NewPost, Post, PostPage, PostPath } from '../schemas/posts.ts'

export function postRoutes(services: Services): FastifyPluginAsyncTypebox {
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
        config: {
          access: 'signed_in',
          impersonation: 'allowed',
          errors: ['post.announcement_is_staffs', 'post.not_found', 'idempotency.key_reused'],
        },
        schema: {
          tags: ['community'],
          summary: 'Publish a post (W3)',
          description: 'With an Idempotency-Key: once, however often it is sent.',
          headers: IdempotencyHeaders,
          body: NewPost,
          response: { 201: Post },
        },
      },
      async ({ actor, body, headers }, reply) =>
        sendJson(reply.code(201), await writePost(services, actor!, body, headers['idempotency-key'])),
    )

    app.get(
      '/posts/:post_id',
      {
        config: { access: 'public', errors: ['post.not_found'] },
        schema: {
          tags: ['community'],
          summary: 'A post, and what I have said to it',
          params: PostPath,
          response: { 200: PostPage },
        },
      },
      async ({ actor, params }, reply) =>
        sendJson(reply, await readPost(services, actor, params.post_id), { etag: actor === null }),
    )

    app.patch(
      '/posts/:post_id',
      {
        config: {
          access: 'signed_in',
          impersonation: 'allowed',
          errors: ['post.not_found', 'post.is_anothers', 'post.announcement_is_staffs', 'post.taken_down'],
        },
        schema: {
          tags: ['community'],
          summary: 'Change my post, or whether it takes comments',
          params: PostPath,
          body: ChangedPost,
          response: { 200: Post },
        },
      },
      async ({ actor, params, body }, reply) =>
        sendJson(reply, await changePost(services, actor!, params.post_id, body)),
    )

    app.delete(
      '/posts/:post_id',
      {
        config: {
          access: 'signed_in',
          impersonation: 'allowed',
          errors: ['post.not_found', 'post.is_anothers'],
        },
        schema: {
          tags: ['community'],
          summary: 'Delete my post with everything said of it',
          params: PostPath,
          response: { 204: Type.Null() },
        },
      },
      async ({ actor, params }, reply) => {
        await removePost(services, actor!, params.post_id)
        return reply.code(204).send(null)
      },
    )
  }
}
