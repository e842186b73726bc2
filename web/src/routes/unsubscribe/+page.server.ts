import { fail, redirect } from '@sveltejs/kit'
import { localized } from '#lib/i18n/locale.ts'
import { field, problemOf } from '#lib/server/answers.ts'
import type { Actions, PageServerLoad } from './$types'

/** Opened, it changes nothing: mail scanners open every link. What it is about is switched by a form. */
export const load: PageServerLoad = async ({ locals, url, setHeaders }) => {
  const token = url.searchParams.get('token') ?? ''
  if (token === '') throw redirect(303, localized(locals.locale, '/settings/notifications'))
  setHeaders({ 'cache-control': 'no-store', 'referrer-policy': 'strict-origin' })
  const answer = await locals.api.GET('/api/v1/notifications/subscription', { params: { query: { token } } })
  return { token, subscription: answer.data ?? null, broken: answer.response.status === 400 }
}

export const actions: Actions = {
  default: async ({ locals, request }) => {
    const form = await request.formData()
    const token = field(form, 'token')
    const undo = field(form, 'undo')
    const answer = await locals.api.PUT('/api/v1/notifications/subscription', {
      params: { query: { token } },
      body: undo === '' ? { is_on: false } : { is_on: true, undo },
    })
    if (answer.data) return { changed: true, undo: answer.data.undo }
    const problem = problemOf(answer)
    return fail(problem.status, { problem })
  },
}
