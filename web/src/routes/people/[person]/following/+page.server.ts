import { need } from '#lib/server/answers.ts'
import { personNamed } from '#lib/server/person.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  const person = await personNamed(event)
  const cursor = event.url.searchParams.get('cursor')
  const people = await need(
    event.locals.api.GET('/api/v1/people/{person}/following', {
      params: { path: { person: person.user_id }, query: cursor ? { cursor } : {} },
    }),
  )
  return { person, people }
}
