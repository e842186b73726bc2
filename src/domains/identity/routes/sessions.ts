import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { notFound } from '../../../platform/errors.ts'
import { clearSessionCookie, isSecure, PROOF_MS } from '../../../platform/http/index.ts'
import type { Services } from '../../../platform/services.ts'
import { CurrentSession, Ended, SessionParams, Sessions } from '../schemas/sessions.ts'
import { listSessions } from '../session-list.ts'
import { endSession, endSessions } from '../sessions.ts'

export function sessionRoutes(services: Services): FastifyPluginAsyncTypebox {
  const secure = isSecure(services.config.publicUrl)
  const tags = ['identity']

  return async (app) => {
    app.get(
      '/auth/session',
      {
        config: { access: 'signed_in', maintenance: 'open' },
        schema: {
          tags,
          summary: 'This session: whose, with which roles, proven until when',
          response: { 200: CurrentSession },
        },
      },
      async (request) => {
        const { userId, sessionId, roles, provenAt, impersonatorId } = request.actor!
        return {
          user_id: userId,
          session_id: sessionId,
          roles: [...roles],
          proven_until: provenAt === 0 ? null : new Date(provenAt + PROOF_MS).toISOString(),
          impersonated_by: impersonatorId,
        }
      },
    )

    app.post(
      '/auth/logout',
      {
        config: { access: 'signed_in', impersonation: 'allowed', maintenance: 'open' },
        schema: { tags, summary: 'End this session everywhere', response: { 204: Type.Null() } },
      },
      async (request, reply) => {
        await endSession(services, request.actor!)
        clearSessionCookie(reply, { secure })
        return reply.code(204).send(null)
      },
    )

    app.get(
      '/me/sessions',
      {
        config: { access: 'signed_in' },
        schema: { tags, summary: 'Where I am signed in', response: { 200: Sessions } },
      },
      async (request) => ({ items: await listSessions(services, request.actor!, request.actor!.userId) }),
    )

    app.delete(
      '/me/sessions/:session_id',
      {
        config: { access: 'signed_in', proof: 'recent', errors: ['session.not_found'] },
        schema: {
          tags,
          summary: 'Sign one device out',
          params: SessionParams,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        const { session_id } = request.params
        const actor = request.actor!
        const ended = await endSessions(
          services,
          actor,
          actor.userId,
          { only: session_id },
          'identity.session_revoked',
        )
        if (ended === 0) throw notFound('session', session_id)
        return reply.code(204).send(null)
      },
    )

    app.delete(
      '/me/sessions',
      {
        config: { access: 'signed_in', proof: 'recent' },
        schema: { tags, summary: 'Sign every other device out', response: { 200: Ended } },
      },
      async (request) => {
        const actor = request.actor!
        const { userId, sessionId } = actor
        return {
          ended: await endSessions(
            services,
            actor,
            userId,
            { except: sessionId },
            'identity.sessions_revoked',
          ),
        }
      },
    )
  }
}
