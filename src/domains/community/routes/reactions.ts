import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { sendJson } from '../../../platform/http/index.ts'
import type { Services } from '../../../platform/services.ts'
import {
  addCommentReaction,
  addReaction,
  readReactions,
  removeCommentReaction,
  removeReaction,
} from '../reactions.ts'
import { CommentReactionPath } from '../schemas/comments.ts'
import { ReactionPath, Reactions, ReactionsQuery } from '../schemas/posts.ts'

export function reactionRoutes(services: Services): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/me/reactions',
      {
        config: { access: 'signed_in' },
        schema: {
          tags: ['community'],
          summary: 'What I have said to some posts',
          description:
            'Beside lists that are the same for every reader. Posts without a reaction of mine are left out.',
          querystring: ReactionsQuery,
          response: { 200: Reactions },
        },
      },
      async ({ actor, query }, reply) =>
        sendJson(reply, await readReactions(services, actor!, query.post_id)),
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

    app.put(
      '/comments/:comment_id/reactions/:reaction_type',
      {
        config: { access: 'signed_in', impersonation: 'allowed', errors: ['comment.not_found'] },
        schema: {
          tags: ['community'],
          summary: 'Like a comment',
          params: CommentReactionPath,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        await addCommentReaction(services, request.actor!, request.params)
        return reply.code(204).send(null)
      },
    )

    app.delete(
      '/comments/:comment_id/reactions/:reaction_type',
      {
        config: { access: 'signed_in', impersonation: 'allowed' },
        schema: {
          tags: ['community'],
          summary: 'Take a like of a comment back',
          params: CommentReactionPath,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        await removeCommentReaction(services, request.actor!, request.params)
        return reply.code(204).send(null)
      },
    )
  }
}
