import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Services } from '../../../platform/services.ts'
import { exportAudit, readAuditEntry, readIntegrity, searchAudit } from '../audit-search.ts'
import {
  AuditEntryPath,
  AuditEntryRead,
  AuditExportQuery,
  AuditFoundPage,
  AuditIntegrity,
  AuditQuery,
} from '../schemas/audit.ts'

const READING = { permission: 'audit.read' }
const tags = ['identity', 'admin']

export function auditRoutes(services: Services): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/admin/audit',
      {
        config: { access: READING, limit: 'search', errors: ['cursor.invalid'] },
        schema: {
          tags,
          summary: 'Search the audit, the newest first',
          querystring: AuditQuery,
          response: { 200: AuditFoundPage },
        },
      },
      async ({ actor, query }) => searchAudit(services, actor!, query),
    )

    app.get(
      '/admin/audit/:log_id',
      {
        config: { access: READING, errors: ['audit_entry.not_found'] },
        schema: {
          tags,
          summary: 'One row of the audit, with where it came from as far as that still opens',
          params: AuditEntryPath,
          response: { 200: AuditEntryRead },
        },
      },
      async ({ actor, params }) => readAuditEntry(services, actor!, params.log_id),
    )

    app.get(
      '/admin/audit-export',
      {
        config: { access: { permission: 'audit.export' }, limit: 'export' },
        schema: {
          tags,
          summary: 'The audit as CSV, the newest first; the export is audited itself',
          querystring: AuditExportQuery,
          response: { 200: { description: 'The file', content: { 'text/csv': { schema: Type.String() } } } },
        },
      },
      async ({ actor, query }, reply) => {
        const lines = await exportAudit(services, actor!, query)
        return reply
          .header('cache-control', 'private, no-store')
          .header('content-disposition', 'attachment; filename="audit.csv"')
          .type('text/csv; charset=utf-8')
          .send(lines as never)
      },
    )

    app.get(
      '/admin/audit-integrity',
      {
        config: { access: READING },
        schema: {
          tags,
          summary: 'Whether the audit is sealed and whole: last seal, what waits, what the last check found',
          response: { 200: AuditIntegrity },
        },
      },
      async ({ actor }) => ({ items: await readIntegrity(services, actor!) }),
    )
  }
}
