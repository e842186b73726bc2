import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { sendJson } from '../../../platform/http/index.ts'
import type { Services } from '../../../platform/services.ts'
import { readBookmarks, readFollowFeed, readPostsOf, readProjectsOf } from '../lists.ts'
import { Feed, PersonPath, PostsQuery } from '../schemas/posts.ts'
import { Projects } from '../schemas/projects.ts'

export function listRoutes(services: Services): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/me/feed',
      {
        config: { access: 'signed_in', errors: ['cursor.invalid'] },
        schema: {
          tags: ['community'],
          summary: 'What those publish whom I follow, newest first',
          querystring: PostsQuery,
          response: { 200: Feed },
        },
      },
      async ({ actor, query }, reply) => sendJson(reply, await readFollowFeed(services, actor!, query)),
    )

    app.get(
      '/me/bookmarks',
      {
        config: { access: 'signed_in', errors: ['cursor.invalid'] },
        schema: {
          tags: ['community'],
          summary: 'The posts that I have bookmarked, newest bookmark first',
          querystring: PostsQuery,
          response: { 200: Feed },
        },
      },
      async ({ actor, query }, reply) => sendJson(reply, await readBookmarks(services, actor!, query)),
    )

    app.get(
      '/people/:person/posts',
      {
        config: { access: 'public', errors: ['person.not_found', 'person.hidden', 'cursor.invalid'] },
        schema: {
          tags: ['community'],
          summary: 'What somebody has published, newest first, for whoever sees their profile',
          params: PersonPath,
          querystring: PostsQuery,
          response: { 200: Feed },
        },
      },
      async ({ actor, params, query }, reply) =>
        sendJson(reply, await readPostsOf(services, actor, params.person, query)),
    )

    app.get(
      '/people/:person/projects',
      {
        config: { access: 'public', errors: ['person.not_found', 'person.hidden', 'cursor.invalid'] },
        schema: {
          tags: ['community'],
          summary: 'Somebody’s approved projects, newest first, for whoever sees their profile',
          params: PersonPath,
          querystring: PostsQuery,
          response: { 200: Projects },
        },
      },
      async ({ actor, params, query }, reply) =>
        sendJson(reply, await readProjectsOf(services, actor, params.person, query)),
    )
  }
}
