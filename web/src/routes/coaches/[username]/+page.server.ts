import { href } from '#lib/i18n/index.ts'
import { field, optional, refuse } from '#lib/server/answers.ts'
import { needHere } from '#lib/server/here.ts'
import { signedIn } from '#lib/server/signed-in.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const { username } = params
  const path = { username }
  const cursor = url.searchParams.get('cursor')
  const [coach, reviews, person] = await Promise.all([
    needHere(locals.api.GET('/api/v1/coaches/{username}', { params: { path } }), username, {
      nameOf: (found) => found.username,
      leadTo: (name) => href(`/coaches/${name}`),
    }),
    cursor
      ? optional(
          locals.api.GET('/api/v1/coaches/{username}/reviews', { params: { path, query: { cursor } } }),
        )
      : optional(
          locals.api.GET('/api/v1/coaches/{username}/reviews', { params: { path, query: { limit: 5 } } }),
        ),
    locals.hasSession
      ? optional(locals.api.GET('/api/v1/people/{person}', { params: { path: { person: username } } }))
      : null,
  ])
  return { coach, reviews, isFirst: cursor === null, following: person?.relation?.following ?? false }
}

export const actions: Actions = {
  follow: async (event) => {
    await signedIn(event)
    const { locals, request } = event
    const form = await request.formData()
    const params = { path: { user_id: field(form, 'user_id') } }
    const wanted = field(form, 'on') !== ''
    const answer = wanted
      ? await locals.api.PUT('/api/v1/people/{user_id}/follow', { params })
      : await locals.api.DELETE('/api/v1/people/{user_id}/follow', { params })
    return answer.error ? refuse(answer, form) : { followed: wanted }
  },
}
