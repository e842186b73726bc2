import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Services } from '../../../platform/services.ts'
import { endRole, giveRole, moveRoleEnd, readGrants } from '../roles.ts'
import { UserPath } from '../schemas/people.ts'
import { Because, Grant, GrantEnd, GrantPath, Grants, NewGrant } from '../schemas/roles.ts'

const GRANTING = { access: { permission: 'roles.grant' }, proof: 'recent' } as const
const tags = ['identity', 'admin']

export function roleRoutes(services: Services): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/admin/people/:user_id/roles',
      {
        config: { access: { permission: 'roles.read' }, errors: ['person.not_found'] },
        schema: {
          tags,
          summary: 'Every role that someone ever had: from when, until when, by whom and why',
          params: UserPath,
          response: { 200: Grants },
        },
      },
      async (request) => ({
        items: await readGrants(services, request.actor!, request.params.user_id),
      }),
    )

    app.post(
      '/admin/people/:user_id/roles',
      {
        config: {
          ...GRANTING,
          errors: [
            'role.own',
            'role.needs_super_admin',
            'person.not_found',
            'role.overlaps',
            'role.invalid_period',
          ],
        },
        schema: {
          tags,
          summary: 'Grant a role, now or later, for good or until its end',
          params: UserPath,
          body: NewGrant,
          response: { 201: Grant },
        },
      },
      async (request, reply) => {
        const { params, body, actor } = request
        return reply.code(201).send(await giveRole(services, actor!, params.user_id, body))
      },
    )

    app.patch(
      '/admin/roles/:user_role_id',
      {
        config: {
          ...GRANTING,
          errors: [
            'role.own',
            'role.needs_super_admin',
            'role.not_found',
            'role.member_stays',
            'role.comes_with_partner',
            'role.ended',
            'role.overlaps',
            'role.invalid_period',
            'role.last_super_admin',
          ],
        },
        schema: {
          tags,
          summary: 'Move the end of a grant: it is closed now and opened anew, under an id of its own',
          params: GrantPath,
          body: GrantEnd,
          response: { 200: Grant },
        },
      },
      async ({ params, body, actor }) => moveRoleEnd(services, actor!, params.user_role_id, body),
    )

    app.post(
      '/admin/roles/:user_role_id/revocation',
      {
        config: {
          ...GRANTING,
          errors: [
            'role.own',
            'role.needs_super_admin',
            'role.not_found',
            'role.member_stays',
            'role.comes_with_partner',
            'role.ended',
            'role.last_super_admin',
          ],
        },
        schema: {
          tags,
          summary: 'End a grant at this moment',
          params: GrantPath,
          body: Because,
          response: { 201: Grant },
        },
      },
      async ({ params, body, actor }, reply) =>
        reply.code(201).send(await endRole(services, actor!, params.user_role_id, body.reason)),
    )
  }
}
