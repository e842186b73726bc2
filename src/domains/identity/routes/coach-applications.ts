import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { sendJson } from '../../../platform/http/index.ts'
import type { Services } from '../../../platform/services.ts'
import { applyAsCoach, readOwnApplication, withdrawOwnApplication } from '../coach-applications.ts'
import { decideOnApplication, readApplication, readApplications } from '../coach-reviews.ts'
import {
  CoachApplication,
  CoachApplicationPath,
  CoachApplications,
  CoachApplicationsQuery,
  CoachDecision,
  NewCoachApplication,
  ReviewedApplication,
} from '../schemas/coach-applications.ts'

const REVIEWERS = { permission: 'coach_applications.review' }

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

    app.get(
      '/admin/coach-applications',
      {
        config: { access: REVIEWERS, errors: ['cursor.invalid'] },
        schema: {
          tags: ['identity'],
          summary: 'Applications to become a coach, who has waited longest first',
          querystring: CoachApplicationsQuery,
          response: { 200: CoachApplications },
        },
      },
      async (request, reply) =>
        sendJson(reply, await readApplications(services, request.actor!, request.query)),
    )

    app.get(
      '/admin/coach-applications/:application_id',
      {
        config: { access: REVIEWERS, errors: ['coach_application.not_found'] },
        schema: {
          tags: ['identity'],
          summary: 'An application with all that was handed in',
          params: CoachApplicationPath,
          response: { 200: ReviewedApplication },
        },
      },
      async (request, reply) =>
        sendJson(reply, await readApplication(services, request.actor!, request.params.application_id)),
    )

    app.post(
      '/admin/coach-applications/:application_id/decision',
      {
        config: {
          access: REVIEWERS,
          proof: 'recent',
          errors: [
            'coach_application.not_found',
            'coach_application.own',
            'coach_application.decided',
            'coach_application.nothing_expires',
            'role.invalid_period',
            'role.overlaps',
          ],
        },
        schema: {
          tags: ['identity'],
          summary: 'Approve or reject an application, once; an approval makes a coach',
          params: CoachApplicationPath,
          body: CoachDecision,
          response: { 200: ReviewedApplication },
        },
      },
      async (request, reply) => {
        const { actor, params, body } = request
        return sendJson(reply, await decideOnApplication(services, actor!, params.application_id, body))
      },
    )
  }
}
