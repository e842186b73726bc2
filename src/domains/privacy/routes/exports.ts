import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Services } from '../../../platform/services.ts'
import { linkToExport, readExport, readExports, requestExport } from '../export.ts'
import { DataExport, DataExports, DownloadLink, ExportPath } from '../schemas/exports.ts'

export function exportRoutes(services: Services): FastifyPluginAsyncTypebox {
  const tags = ['privacy']

  return async (app) => {
    app.post(
      '/me/exports',
      {
        config: { access: 'signed_in', proof: 'recent', errors: ['export.running'] },
        schema: {
          tags,
          summary: 'Have everything packed that is kept of me; a mail says when it is ready',
          response: { 202: DataExport },
        },
      },
      async (request, reply) => reply.code(202).send(await requestExport(services, request.actor!)),
    )

    app.get(
      '/me/exports',
      {
        config: { access: 'signed_in' },
        schema: { tags, summary: 'What I have had packed, the newest first', response: { 200: DataExports } },
      },
      async (request) => ({ items: await readExports(services, request.actor!) }),
    )

    app.get(
      '/me/exports/:export_id',
      {
        config: { access: 'signed_in', errors: ['export.not_found'] },
        schema: { tags, summary: 'How far it is', params: ExportPath, response: { 200: DataExport } },
      },
      async (request) => readExport(services, request.actor!, request.params.export_id),
    )

    app.post(
      '/me/exports/:export_id/download-link',
      {
        config: {
          access: 'signed_in',
          proof: 'recent',
          errors: ['export.not_found', 'export.not_ready'],
        },
        schema: {
          tags,
          summary: 'An address of the file that works for five minutes',
          params: ExportPath,
          response: { 201: DownloadLink },
        },
      },
      async (request, reply) =>
        reply.code(201).send(await linkToExport(services, request.actor!, request.params.export_id)),
    )
  }
}
