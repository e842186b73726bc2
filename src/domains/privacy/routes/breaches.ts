import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { sendJson } from '../../../platform/http/index.ts'
import type { Services } from '../../../platform/services.ts'
import {
  addAffected,
  changeBreach,
  noteAuthorityTold,
  readAffected,
  readBreach,
  readBreaches,
  recordBreach,
  tellAffected,
} from '../breaches.ts'
import {
  Added,
  Affected,
  AffectedPeople,
  AffectedQuery,
  AuthorityTold,
  Breach,
  BreachChange,
  Breaches,
  BreachesQuery,
  BreachPath,
  NewBreach,
} from '../schemas/breaches.ts'

const HANDLING = { permission: 'breaches.handle' }
const tags = ['privacy', 'admin']

export function breachRoutes(services: Services): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/admin/breaches',
      {
        config: { access: HANDLING, errors: ['cursor.invalid'] },
        schema: {
          tags,
          summary: 'The register of data breaches, the newest first',
          querystring: BreachesQuery,
          response: { 200: Breaches },
        },
      },
      async ({ actor, query }, reply) => sendJson(reply, await readBreaches(services, actor!, query)),
    )

    app.post(
      '/admin/breaches',
      {
        config: { access: HANDLING, proof: 'recent' },
        schema: {
          tags,
          summary: 'Enter a breach; its 72 hours run from when it was discovered',
          body: NewBreach,
          response: { 201: Breach },
        },
      },
      async ({ actor, body }, reply) => sendJson(reply.code(201), await recordBreach(services, actor!, body)),
    )

    app.get(
      '/admin/breaches/:breach_id',
      {
        config: { access: HANDLING, errors: ['data_breach.not_found'] },
        schema: { tags, summary: 'A breach with its history', params: BreachPath, response: { 200: Breach } },
      },
      async ({ actor, params }, reply) =>
        sendJson(reply, await readBreach(services, actor!, params.breach_id)),
    )

    app.patch(
      '/admin/breaches/:breach_id',
      {
        config: {
          access: HANDLING,
          proof: 'recent',
          errors: ['data_breach.not_found', 'data_breach.clock_runs', 'data_breach.unanswered'],
        },
        schema: {
          tags,
          summary: 'Write what is known by now; what stood there before stays in the history',
          params: BreachPath,
          body: BreachChange,
          response: { 200: Breach },
        },
      },
      async ({ actor, params, body }, reply) =>
        sendJson(reply, await changeBreach(services, actor!, params.breach_id, body)),
    )

    app.get(
      '/admin/breaches/:breach_id/people',
      {
        config: { access: HANDLING, errors: ['data_breach.not_found', 'cursor.invalid'] },
        schema: {
          tags,
          summary: 'Whom it concerns, and who was told',
          params: BreachPath,
          querystring: AffectedQuery,
          response: { 200: AffectedPeople },
        },
      },
      async ({ actor, params, query }, reply) =>
        sendJson(reply, await readAffected(services, actor!, params.breach_id, query)),
    )

    app.post(
      '/admin/breaches/:breach_id/people',
      {
        config: { access: HANDLING, proof: 'recent', errors: ['data_breach.not_found'] },
        schema: {
          tags,
          summary: 'Put people on its list, by id or everybody whom a query fits',
          params: BreachPath,
          body: Affected,
          response: { 200: Added },
        },
      },
      async ({ actor, params, body }) => addAffected(services, actor!, params.breach_id, body),
    )

    app.post(
      '/admin/breaches/:breach_id/authority-notice',
      {
        config: {
          access: HANDLING,
          proof: 'recent',
          errors: ['data_breach.not_found', 'data_breach.authority_told'],
        },
        schema: {
          tags,
          summary: 'The authority was told, now',
          params: BreachPath,
          body: AuthorityTold,
          response: { 200: Breach },
        },
      },
      async ({ actor, params, body }, reply) =>
        sendJson(reply, await noteAuthorityTold(services, actor!, params.breach_id, body.note)),
    )

    app.post(
      '/admin/breaches/:breach_id/people-notice',
      {
        config: {
          access: HANDLING,
          proof: 'recent',
          errors: ['data_breach.not_found', 'data_breach.no_notice'],
        },
        schema: {
          tags,
          summary: 'Mail everybody on its list, each once',
          params: BreachPath,
          response: { 200: Breach },
        },
      },
      async ({ actor, params }, reply) =>
        sendJson(reply, await tellAffected(services, actor!, params.breach_id)),
    )
  }
}
