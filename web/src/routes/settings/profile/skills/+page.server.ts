import { isLevel } from '#lib/people/levels.ts'
import { field, need, optional, refuse } from '#lib/server/answers.ts'
import { signedIn } from '#lib/server/signed-in.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  await signedIn(event)
  const { locals, url } = event
  const q = url.searchParams.get('q')?.trim() ?? ''
  const [profile, skills, found] = await Promise.all([
    need(locals.api.GET('/api/v1/me/profile')),
    need(locals.api.GET('/api/v1/me/skills')),
    q === ''
      ? null
      : optional(locals.api.GET('/api/v1/tags', { params: { query: { category: 'skill', q, limit: 12 } } })),
  ])
  return { profile, skills: skills.items, q, found: found?.items ?? null }
}

export const actions: Actions = {
  put: async ({ locals, request }) => {
    const form = await request.formData()
    const level = field(form, 'level')
    const answer = await locals.api.PUT('/api/v1/me/skills/{tag_id}', {
      params: { path: { tag_id: field(form, 'tag_id') } },
      body: { level: isLevel(level) ? level : 'beginner' },
    })
    return answer.error ? refuse(answer, form) : { done: true }
  },
  remove: async ({ locals, request }) => {
    const form = await request.formData()
    const answer = await locals.api.DELETE('/api/v1/me/skills/{tag_id}', {
      params: { path: { tag_id: field(form, 'tag_id') } },
    })
    return answer.error ? refuse(answer, form) : { done: true }
  },
}
