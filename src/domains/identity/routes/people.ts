import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { sendJson, sendMoved } from '../../../platform/http/index.ts'
import type { Services } from '../../../platform/services.ts'
import { readFollows } from '../follows.ts'
import { readPerson } from '../people.ts'
import { Follows, PageOfPeopleQuery, Person, PersonPath } from '../schemas/people.ts'

const NAMING = 'Addressed by username, regardless of case, or by user id: some people have no username.'

export function peopleRoutes(services: Services): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/people/:person',
      {
        config: { access: 'public', errors: ['person.not_found'] },
        schema: {
          tags: ['identity'],
          summary: 'Somebody’s profile, as far as it shows itself to the reader',
          description: `${NAMING} A username given up in the last thirty days answers 301 to the present address.`,
          params: PersonPath,
          response: { 200: Person, 301: Type.Null() },
        },
      },
      async (request, reply) => {
        const { actor, params } = request
        const page = await readPerson(services, actor, params.person)
        if ('movedTo' in page) return sendMoved(reply, `${app.prefix}/people/${page.movedTo}`)
        return sendJson(reply, page.text, { etag: actor === null })
      },
    )

    app.get(
      '/people/:person/followers',
      {
        config: { access: 'public', errors: ['person.not_found', 'person.hidden', 'cursor.invalid'] },
        schema: {
          tags: ['identity'],
          summary: 'Who follows somebody, newest first',
          description: `${NAMING} For whoever sees their profile; whom a block keeps from the reader is left out.`,
          params: PersonPath,
          querystring: PageOfPeopleQuery,
          response: { 200: Follows },
        },
      },
      async ({ actor, params, query }) => readFollows(services, actor, 'followers_of', params.person, query),
    )

    app.get(
      '/people/:person/following',
      {
        config: { access: 'public', errors: ['person.not_found', 'person.hidden', 'cursor.invalid'] },
        schema: {
          tags: ['identity'],
          summary: 'Whom somebody follows, newest first',
          description: `${NAMING} For whoever sees their profile; whom a block keeps from the reader is left out.`,
          params: PersonPath,
          querystring: PageOfPeopleQuery,
          response: { 200: Follows },
        },
      },
      async ({ actor, params, query }) => readFollows(services, actor, 'followed_by', params.person, query),
    )
  }
}
