import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { sendJson } from '../../../platform/http/index.ts'
import type { Services } from '../../../platform/services.ts'
import { readDeadLetters, readDeliveries, retryDead } from '../deliveries.ts'
import type { Registry } from '../registry.ts'
import {
  DeadLetters,
  DeadLettersQuery,
  Deliveries,
  DeliveriesQuery,
  Retried,
  Retry,
} from '../schemas/deliveries.ts'
import { Template, TemplatePath, Templates } from '../schemas/templates.ts'
import { readTemplate, readTemplates } from '../templates.ts'

const tags = ['notifications', 'admin']
const URL = '/admin/notifications'

/** What staff see of it all: the log, what was given up, the words. */
export function deskRoutes(services: Services, registry: Registry): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      `${URL}/deliveries`,
      {
        config: { access: { permission: 'deliveries.read' }, errors: ['cursor.invalid'] },
        schema: {
          tags,
          summary: 'Who was told of what kind of thing, when, by which way, or why not; leaves a trace',
          querystring: DeliveriesQuery,
          response: { 200: Deliveries },
        },
      },
      async ({ actor, query }, reply) => sendJson(reply, await readDeliveries(services, actor!, query)),
    )

    app.get(
      `${URL}/dead-letters`,
      {
        config: { access: { permission: 'deliveries.read' }, errors: ['cursor.invalid'] },
        schema: {
          tags,
          summary: 'What was given up, and how many ended with what; leaves a trace',
          querystring: DeadLettersQuery,
          response: { 200: DeadLetters },
        },
      },
      async ({ actor, query }, reply) => sendJson(reply, await readDeadLetters(services, actor!, query)),
    )

    app.post(
      `${URL}/dead-letters/retries`,
      {
        config: {
          access: { permission: 'deliveries.retry' },
          impersonation: 'refused',
          errors: ['delivery.not_named'],
        },
        schema: {
          tags,
          summary: 'Try again: one, or all that ended with an error, 10,000 at a time',
          body: Retry,
          response: { 200: Retried },
        },
      },
      ({ actor, body }) => retryDead(services, actor!, body),
    )

    app.get(
      `${URL}/templates`,
      {
        config: { access: { permission: 'templates.read' } },
        schema: {
          tags,
          summary: 'What is told of which fact, in three languages, with made up values',
          response: { 200: Templates },
        },
      },
      async () => readTemplates(registry),
    )

    app.get(
      `${URL}/templates/:fact`,
      {
        config: { access: { permission: 'templates.read' }, errors: ['template.not_found'] },
        schema: {
          tags,
          summary: 'One of them as mail, SMS and push say it',
          params: TemplatePath,
          response: { 200: Template },
        },
      },
      async ({ params }) => readTemplate(services, registry, params.fact),
    )
  }
}
