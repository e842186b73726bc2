import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { sendJson, sendMoved } from '../../platform/http/index.ts'
import type { Services } from '../../platform/services.ts'
import { readCoach, readReviews } from './coach-page.ts'
import { readDirectory } from './directory.ts'
import { Coach, CoachPath, Directory, DirectoryQuery, Reviews, ReviewsQuery } from './schemas.ts'

export function coachingRoutes(services: Services): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/coaches',
      {
        config: { access: 'public', errors: ['cursor.invalid', 'coach.currency_required'] },
        schema: {
          tags: ['coaching'],
          summary: 'The directory of coaches, best rated first (P4)',
          querystring: DirectoryQuery,
          response: { 200: Directory },
        },
      },
      async (request, reply) => {
        const { actor, query } = request
        return sendJson(reply, await readDirectory(services, actor, query), { etag: actor === null })
      },
    )

    app.get(
      '/coaches/:username',
      {
        config: { access: 'public', errors: ['coach.not_found'] },
        schema: {
          tags: ['coaching'],
          summary: 'A coach, how they were rated, and their next free day',
          description: 'A username that the coach gave up lately answers 301 to the present one.',
          params: CoachPath,
          response: { 200: Coach, 301: Type.Null() },
        },
      },
      async (request, reply) => {
        const page = await readCoach(services, request.actor, request.params.username)
        if ('movedTo' in page) return sendMoved(reply, `${app.prefix}/coaches/${page.movedTo}`)
        return sendJson(reply, page.text, { etag: page.isPublic })
      },
    )

    app.get(
      '/coaches/:username/reviews',
      {
        config: { access: 'public', errors: ['coach.not_found', 'cursor.invalid'] },
        schema: {
          tags: ['coaching'],
          summary: "What a coach's mentees let everybody read, newest first",
          params: CoachPath,
          querystring: ReviewsQuery,
          response: { 200: Reviews },
        },
      },
      async (request, reply) => {
        const { actor, params, query } = request
        const text = await readReviews(services, actor, params.username, query)
        return sendJson(reply, text, { etag: actor === null })
      },
    )
  }
}
