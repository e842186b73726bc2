import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { IdempotencyHeaders, sendJson } from '../../../platform/http/index.ts'
import type { Services } from '../../../platform/services.ts'
import { changeComment, readReplies, readThreads, removeComment, writeComment } from '../comments.ts'
import { ChangedComment, Comment, CommentPath, NewComment, Replies, Threads } from '../schemas/comments.ts'
import { PostPath, PostsQuery } from '../schemas/posts.ts'

export function commentRoutes(services: Services): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/posts/:post_id/comments',
      {
        config: { access: 'public', errors: ['post.not_found', 'cursor.invalid'] },
        schema: {
          tags: ['community'],
          summary: 'What is said of a post: threads, newest first, each with its first replies',
          params: PostPath,
          querystring: PostsQuery,
          response: { 200: Threads },
        },
      },
      async ({ actor, params, query }, reply) =>
        sendJson(reply, await readThreads(services, actor, params.post_id, query)),
    )

    app.get(
      '/comments/:comment_id/replies',
      {
        config: { access: 'public', errors: ['comment.not_found', 'cursor.invalid'] },
        schema: {
          tags: ['community'],
          summary: 'Replies to a comment, oldest first',
          params: CommentPath,
          querystring: PostsQuery,
          response: { 200: Replies },
        },
      },
      async ({ actor, params, query }, reply) =>
        sendJson(reply, await readReplies(services, actor, params.comment_id, query)),
    )

    app.post(
      '/posts/:post_id/comments',
      {
        config: {
          access: 'signed_in',
          impersonation: 'allowed',
          errors: [
            'post.not_found',
            'comment.not_found',
            'post.comments_closed',
            'comment.too_deep',
            'idempotency.key_reused',
          ],
        },
        schema: {
          tags: ['community'],
          summary: 'Comment on a post, or reply to a comment of it, down to the third level',
          description: 'With an Idempotency-Key: once, however often it is sent.',
          headers: IdempotencyHeaders,
          params: PostPath,
          body: NewComment,
          response: { 201: Comment },
        },
      },
      async ({ actor, params, body, headers }, reply) => {
        const key = headers['idempotency-key']
        return sendJson(reply.code(201), await writeComment(services, actor!, params.post_id, body, key))
      },
    )

    app.patch(
      '/comments/:comment_id',
      {
        config: {
          access: 'signed_in',
          impersonation: 'allowed',
          errors: ['comment.not_found', 'comment.is_anothers', 'comment.taken_down'],
        },
        schema: {
          tags: ['community'],
          summary: 'Change my comment',
          params: CommentPath,
          body: ChangedComment,
          response: { 200: Comment },
        },
      },
      async ({ actor, params, body }, reply) =>
        sendJson(reply, await changeComment(services, actor!, params.comment_id, body.content)),
    )

    app.delete(
      '/comments/:comment_id',
      {
        config: {
          access: 'signed_in',
          impersonation: 'allowed',
          errors: ['comment.not_found', 'comment.is_anothers', 'comment.taken_down'],
        },
        schema: {
          tags: ['community'],
          summary: 'Take my comment away; its place stays while there are replies',
          params: CommentPath,
          response: { 204: Type.Null() },
        },
      },
      async ({ actor, params }, reply) => {
        await removeComment(services, actor!, params.comment_id)
        return reply.code(204).send(null)
      },
    )
  }
}
