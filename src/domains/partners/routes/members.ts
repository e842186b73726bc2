import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { sendJson } from '../../../platform/http/index.ts'
import type { Services } from '../../../platform/services.ts'
import { appoint, dismiss, readMembers } from '../members.ts'
import { Member, MemberPath, Members, MembersQuery, NewMember, PartnerPath } from '../schemas.ts'

export function memberRoutes(services: Services): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/partners/:partner_id/members',
      {
        config: {
          access: 'signed_in',
          errors: ['cursor.invalid', 'partner.not_found', 'partner.members_only'],
        },
        schema: {
          tags: ['partners'],
          summary: 'Who acts for a partner, for its members and staff',
          params: PartnerPath,
          querystring: MembersQuery,
          response: { 200: Members },
        },
      },
      async (request, reply) => {
        const { actor, params, query } = request
        return sendJson(reply, await readMembers(services, actor!, params.partner_id, query))
      },
    )

    app.put(
      '/partners/:partner_id/members/:user_id',
      {
        config: {
          access: 'signed_in',
          proof: 'recent',
          errors: [
            'partner.not_found',
            'partner.members_only',
            'partner.owners_only',
            'partner.last_owner',
            'person.not_found',
          ],
        },
        schema: {
          tags: ['partners'],
          summary: 'Make someone a member of a partner, or give a member another role, as an owner or staff',
          params: MemberPath,
          body: NewMember,
          response: { 200: Member, 201: Member },
        },
      },
      async (request, reply) => {
        const { partner_id: partnerId, user_id: userId } = request.params
        const { role } = request.body
        const { created, text } = await appoint(services, request.actor!, { partnerId, userId, role })
        return sendJson(reply.code(created ? 201 : 200), text)
      },
    )

    app.delete(
      '/partners/:partner_id/members/:user_id',
      {
        config: {
          access: 'signed_in',
          impersonation: 'refused',
          errors: [
            'partner.not_found',
            'partner.members_only',
            'partner.owners_only',
            'partner.last_owner',
            'member.not_found',
          ],
        },
        schema: {
          tags: ['partners'],
          summary: 'End a membership: my own, or as an owner or staff anybody’s',
          params: MemberPath,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        const { partner_id: partnerId, user_id: userId } = request.params
        await dismiss(services, request.actor!, { partnerId, userId })
        return reply.code(204).send(null)
      },
    )
  }
}
