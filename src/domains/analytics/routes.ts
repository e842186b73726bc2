import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { sendJson } from '../../platform/http/index.ts'
import type { Services } from '../../platform/services.ts'
import { readDailyMetrics, readMetrics, readProgramReport } from './reports.ts'
import {
  DailyMetrics,
  DailyMetricsQuery,
  PlatformMetrics,
  ProgramReport,
  ProgramReportQuery,
} from './schemas.ts'

const STAFF = { permission: 'metrics.read' }

export function analyticsRoutes(services: Services): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/admin/metrics',
      {
        config: { access: STAFF },
        schema: {
          tags: ['analytics'],
          summary: 'The platform in figures (A1)',
          response: { 200: PlatformMetrics },
        },
      },
      async (request, reply) => sendJson(reply, await readMetrics(services, request.actor!)),
    )

    app.get(
      '/admin/metrics/daily',
      {
        config: { access: STAFF },
        schema: {
          tags: ['analytics'],
          summary: 'New people and revenue on each of the last days',
          querystring: DailyMetricsQuery,
          response: { 200: DailyMetrics },
        },
      },
      async (request, reply) =>
        sendJson(reply, await readDailyMetrics(services, request.actor!, request.query.days)),
    )

    app.get(
      '/admin/programs/report',
      {
        config: { access: STAFF, errors: ['cursor.invalid'] },
        schema: {
          tags: ['analytics'],
          summary: 'Every program in figures, the largest first (A2)',
          querystring: ProgramReportQuery,
          response: { 200: ProgramReport },
        },
      },
      async (request, reply) =>
        sendJson(reply, await readProgramReport(services, request.actor!, request.query)),
    )
  }
}
