import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { expectedTags, sendJson } from '../../../platform/http/index.ts'
import type { Services } from '../../../platform/services.ts'
import { changeProfile, readProfile } from '../profiles.ts'
import { OwnProfile, ProfileChange } from '../schemas/profiles.ts'

export function profileRoutes(services: Services): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/me/profile',
      {
        config: { access: 'signed_in', errors: ['profile.not_found'] },
        schema: {
          tags: ['identity'],
          summary: 'My profile, who sees it, and what it lacks',
          response: { 200: OwnProfile },
        },
      },
      async (request, reply) => {
        const { json, tag } = await readProfile(services, request.actor!)
        return sendJson(reply.header('etag', `"${tag}"`), json)
      },
    )

    app.patch(
      '/me/profile',
      {
        config: {
          access: 'signed_in',
          impersonation: 'allowed',
          errors: ['profile.coach_only', 'profile.changed', 'profile.picture_unknown', 'profile.not_found'],
        },
        schema: {
          tags: ['identity'],
          summary: 'Change my profile (JSON merge patch); with If-Match only what was not changed meanwhile',
          body: ProfileChange,
          response: { 200: OwnProfile },
        },
      },
      async (request, reply) => {
        const expected = expectedTags(request)
        const { json, tag } = await changeProfile(services, request.actor!, request.body, expected)
        return sendJson(reply.header('etag', `"${tag}"`), json)
      },
    )
  }
}
