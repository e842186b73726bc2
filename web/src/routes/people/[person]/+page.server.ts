import { error } from '@sveltejs/kit'
import { askPosts } from '#lib/community/posts.ts'
import { isRelation, setEndorsement, setRelation } from '#lib/people/relating.ts'
import { field, optional, refuse } from '#lib/server/answers.ts'
import { personNamed } from '#lib/server/person.ts'
import { signedIn } from '#lib/server/signed-in.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  const { locals, url } = event
  const person = await personNamed(event)
  const { user_id, profile } = person
  const cursor = url.searchParams.get('cursor')
  if (profile === null) return { person, skills: [], projects: [], posts: null, isFirst: true }
  const path = { person: user_id }
  const [skills, projects, posts] = await Promise.all([
    optional(locals.api.GET('/api/v1/people/{user_id}/skills', { params: { path: { user_id } } })),
    optional(locals.api.GET('/api/v1/people/{person}/projects', { params: { path } })),
    optional(askPosts(locals.api, { list: 'of', person: user_id }, { cursor, signedIn: locals.hasSession })),
  ])
  return {
    person,
    skills: skills?.items ?? [],
    projects: projects?.items ?? [],
    posts,
    isFirst: cursor === null,
  }
}

export const actions: Actions = {
  relation: async (event) => {
    await signedIn(event)
    const form = await event.request.formData()
    const what = field(form, 'what')
    if (!isRelation(what)) throw error(400)
    const on = field(form, 'on') !== ''
    const answer = await setRelation(event.locals.api, field(form, 'user_id'), what, on)
    return answer.error ? refuse(answer, form) : { done: what }
  },
  endorse: async (event) => {
    await signedIn(event)
    const form = await event.request.formData()
    const [user, tag] = [field(form, 'user_id'), field(form, 'tag_id')]
    const answer = await setEndorsement(event.locals.api, user, tag, field(form, 'on') !== '')
    return answer.error ? refuse(answer, form) : { done: 'endorse' }
  },
}
