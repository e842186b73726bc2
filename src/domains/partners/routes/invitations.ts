import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { sendJson } from '../../../platform/http/index.ts'
import type { Services } from '../../../platform/services.ts'
import { accept, invite, readInvitations, withdraw } from '../invitations.ts'
import {
  Acceptance,
  Accepted,
  Invitation,
  InvitationPath,
  Invitations,
  NewInvitation,
  PartnerPath,
} from '../schemas.ts'

const FOR_OWNERS = ['partner.not_found', 'partner.members_only', 'partner.owners_only']

export function invitationRoutes(services: Services): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      '/partners/:partner_id/invitations',
      {
        config: { access: 'signed_in', proof: 'recent', limit: 'reset', errors: FOR_OWNERS },
        schema: {
          tags: ['partners'],
          summary: 'Invite somebody by mail to act for a partner, as an owner or staff',
          description: 'The same address again: a new link, for another seven days.',
          params: PartnerPath,
          body: NewInvitation,
          response: { 201: Invitation },
        },
      },
      async (request, reply) => {
        const { actor, params, body } = request
        return sendJson(reply.code(201), await invite(services, actor!, params.partner_id, body))
      },
    )

    app.get(
      '/partners/:partner_id/invitations',
      {
        config: { access: 'signed_in', errors: FOR_OWNERS },
        schema: {
          tags: ['partners'],
          summary: 'Invitations that can still be accepted, for owners and staff',
          params: PartnerPath,
          response: { 200: Invitations },
        },
      },
      async (request, reply) =>
        sendJson(reply, await readInvitations(services, request.actor!, request.params.partner_id)),
    )

    app.delete(
      '/partners/:partner_id/invitations/:invitation_id',
      {
        config: {
          access: 'signed_in',
          impersonation: 'refused',
          errors: [...FOR_OWNERS, 'invitation.not_found'],
        },
        schema: {
          tags: ['partners'],
          summary: 'Withdraw an invitation, as an owner or staff',
          params: InvitationPath,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        const { partner_id: partnerId, invitation_id: invitationId } = request.params
        await withdraw(services, request.actor!, { partnerId, invitationId })
        return reply.code(204).send(null)
      },
    )

    app.post(
      '/partner-invitations/acceptance',
      {
        config: {
          access: 'signed_in',
          impersonation: 'refused',
          limit: 'code',
          errors: ['invitation.not_found'],
        },
        schema: {
          tags: ['partners'],
          summary: 'Accept an invitation by the token of its mail; it works once',
          body: Acceptance,
          response: { 200: Accepted },
        },
      },
      async (request) => accept(services, request.actor!, request.body.token),
    )
  }
}
