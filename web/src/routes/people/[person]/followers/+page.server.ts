import { field, need, refuse } from '#lib/server/answers.ts'
import { personNamed } from '#lib/server/person.ts'
import { signedIn } from '#lib/server/signed-in.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  const person = await personNamed(event)
  const cursor = event.url.searchParams.get('cursor')
  const people = await need(
    event.locals.api.GET('/api/v1/people/{person}/followers', {
      params: { path: { person: person.user_id }, query: cursor ? { cursor } : {} },
    }),
  )
  return { person, people }
}

export const actions: Actions = {
  remove: async (event) => {
    await signedIn(event)
    const form = await event.request.formData()
    const answer = await event.locals.api.DELETE('/api/v1/me/followers/{user_id}', {
      params: { path: { user_id: field(form, 'user_id') } },
    })
    return answer.error ? refuse(answer, form) : { done: true }
  },
}
