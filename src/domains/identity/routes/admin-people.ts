import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Services } from '../../../platform/services.ts'
import { searchPeople } from '../people-search.ts'
import { endSessionsOf, readPerson, readSessionsOf, unlockPerson } from '../person-record.ts'
import {
  NewSuspension,
  PeopleFound,
  PeopleQuery,
  PersonRecord,
  SessionOfPerson,
  Suspension,
} from '../schemas/admin-people.ts'
import { UserPath } from '../schemas/people.ts'
import { Because } from '../schemas/roles.ts'
import { Ended, Sessions } from '../schemas/sessions.ts'
import { restore, suspend } from '../suspensions.ts'

const READING = { permission: 'people.read' }
const SUSPENDING = { access: { permission: 'people.suspend' }, proof: 'recent' } as const
const SIGNING_OUT = { access: { permission: 'sessions.revoke' }, proof: 'recent' } as const
const tags = ['identity', 'admin']

export function adminPeopleRoutes(services: Services): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/admin/people',
      {
        config: { access: READING, limit: 'search', errors: ['cursor.invalid'] },
        schema: {
          tags,
          summary: 'Find people by any part of their e-mail address, name or username, the newest first',
          querystring: PeopleQuery,
          response: { 200: PeopleFound },
        },
      },
      async (request) => searchPeople(services, request.actor!, request.query),
    )

    app.get(
      '/admin/people/:user_id',
      {
        config: { access: READING, errors: ['person.not_found'] },
        schema: {
          tags,
          summary: 'An account: profile, roles, suspensions, lock, factors; never a secret',
          params: UserPath,
          response: { 200: PersonRecord },
        },
      },
      async (request) => readPerson(services, request.actor!, request.params.user_id),
    )

    app.post(
      '/admin/people/:user_id/suspension',
      {
        config: {
          ...SUSPENDING,
          errors: [
            'person.not_found',
            'person.yourself',
            'person.is_staff',
            'person.suspended',
            'suspension.invalid_end',
            'role.last_super_admin',
          ],
        },
        schema: {
          tags,
          summary: 'Keep someone out, at once on every device, until they are restored or until a moment',
          params: UserPath,
          body: NewSuspension,
          response: { 201: Suspension },
        },
      },
      async ({ params, body, actor }, reply) =>
        reply.code(201).send(await suspend(services, actor!, params.user_id, body)),
    )

    app.post(
      '/admin/people/:user_id/restoration',
      {
        config: {
          ...SUSPENDING,
          errors: ['person.not_found', 'person.yourself', 'person.is_staff', 'person.not_suspended'],
        },
        schema: {
          tags,
          summary: 'Let someone in again who was suspended',
          params: UserPath,
          body: Because,
          response: { 204: Type.Null() },
        },
      },
      async ({ params, body, actor }, reply) => {
        await restore(services, actor!, params.user_id, body.reason)
        return reply.code(204).send(null)
      },
    )

    app.delete(
      '/admin/people/:user_id/lock',
      {
        config: {
          access: { permission: 'people.unlock' },
          proof: 'recent',
          errors: ['person.not_found', 'person.yourself', 'person.is_staff'],
        },
        schema: {
          tags,
          summary: 'Let someone try again whom wrong passwords have locked out',
          params: UserPath,
          response: { 204: Type.Null() },
        },
      },
      async ({ params, actor }, reply) => {
        await unlockPerson(services, actor!, params.user_id)
        return reply.code(204).send(null)
      },
    )

    app.get(
      '/admin/people/:user_id/sessions',
      {
        config: { access: READING, errors: ['person.not_found'] },
        schema: {
          tags,
          summary: 'Where someone is signed in',
          params: UserPath,
          response: { 200: Sessions },
        },
      },
      async ({ params, actor }) => ({ items: await readSessionsOf(services, actor!, params.user_id) }),
    )

    app.delete(
      '/admin/people/:user_id/sessions',
      {
        config: { ...SIGNING_OUT, errors: ['person.not_found', 'person.yourself', 'person.is_staff'] },
        schema: {
          tags,
          summary: 'Sign someone out everywhere',
          params: UserPath,
          response: { 200: Ended },
        },
      },
      async ({ params, actor }) => ({ ended: await endSessionsOf(services, actor!, params.user_id) }),
    )

    app.delete(
      '/admin/people/:user_id/sessions/:session_id',
      {
        config: {
          ...SIGNING_OUT,
          errors: ['person.not_found', 'person.yourself', 'person.is_staff', 'session.not_found'],
        },
        schema: {
          tags,
          summary: 'Sign someone out of one device',
          params: SessionOfPerson,
          response: { 204: Type.Null() },
        },
      },
      async ({ params, actor }, reply) => {
        await endSessionsOf(services, actor!, params.user_id, params.session_id)
        return reply.code(204).send(null)
      },
    )
  }
}
