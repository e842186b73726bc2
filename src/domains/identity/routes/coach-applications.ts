import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { sendJson } from '../../../platform/http/index.ts'
import type { Services } from '../../../platform/services.ts'
import { applyAsCoach, readOwnApplication, withdrawOwnApplication } from '../coach-applications.ts'
import { CoachApplication, NewCoachApplication } from '../schemas/coach-applications.ts'

export function coachApplicationRoutes(services: Services): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      '/me/coach-application',
      {
        config: {
          access: 'signed_in',
          impersonation: 'refused',
          errors: ['coach_application.already_coach', 'coach_application.open', 'coach_application.too_soon'],
        },
        schema: {
          tags: ['identity'],
          summary: 'Ask to become a coach',
          body: NewCoachApplication,
          response: { 201: CoachApplication },
        },
      },
      async (request, reply) =>
        sendJson(reply.code(201), await applyAsCoach(services, request.actor!, request.body)),
    )

    app.get(
      '/me/coach-application',
      {
        config: { access: 'signed_in', errors: ['coach_application.not_found'] },
        schema: {
          tags: ['identity'],
          summary: 'My newest application to become a coach, and what became of it',
          response: { 200: CoachApplication },
        },
      },
      async (request, reply) => sendJson(reply, await readOwnApplication(services, request.actor!)),
    )

    app.delete(
      '/me/coach-application',
      {
        config: { access: 'signed_in', impersonation: 'refused', errors: ['coach_application.not_found'] },
        schema: {
          tags: ['identity'],
          summary: 'Withdraw my application while it is open',
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        await withdrawOwnApplication(services, request.actor!)
        return reply.code(204).send(null)
      },
    )
  }
}
