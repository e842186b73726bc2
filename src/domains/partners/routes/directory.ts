import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { sendJson, sendMoved } from '../../../platform/http/index.ts'
import type { Services } from '../../../platform/services.ts'
import { readOwnPartners, readPartner, readPartners } from '../directory.ts'
import { OwnPartners, Partner, PartnerSlug, Partners, PartnersQuery } from '../schemas.ts'

export function directoryRoutes(services: Services): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/partners',
      {
        config: { access: 'public', session: 'ignored', errors: ['cursor.invalid'] },
        schema: {
          tags: ['partners'],
          summary: 'The organisations that take part, featured ones first',
          querystring: PartnersQuery,
          response: { 200: Partners },
        },
      },
      async (request, reply) => sendJson(reply, await readPartners(services, request.query), { etag: true }),
    )

    app.get(
      '/partners/:slug',
      {
        config: { access: 'public', session: 'ignored', errors: ['partner.not_found'] },
        schema: {
          tags: ['partners'],
          summary: 'An organisation that takes part',
          description: 'An address that it once had answers 301 to the present one.',
          params: PartnerSlug,
          response: { 200: Partner, 301: Type.Null() },
        },
      },
      async (request, reply) => {
        const page = await readPartner(services, request.params.slug)
        if ('movedTo' in page) return sendMoved(reply, `${app.prefix}/partners/${page.movedTo}`)
        return sendJson(reply, page.text, { etag: true })
      },
    )

    app.get(
      '/me/partners',
      {
        config: { access: 'signed_in' },
        schema: {
          tags: ['partners'],
          summary: 'For which organisations I act, and in which role',
          response: { 200: OwnPartners },
        },
      },
      async (request, reply) => sendJson(reply, await readOwnPartners(services, request.actor!)),
    )
  }
}
