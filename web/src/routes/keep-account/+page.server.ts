import { fail, redirect } from '@sveltejs/kit'
import { localized } from '#lib/i18n/locale.ts'
import { field, problemOf } from '#lib/server/answers.ts'
import type { Actions, PageServerLoad } from './$types'

/** Without a token: where somebody comes who has just deleted their account. */
export const load: PageServerLoad = async ({ locals, url, setHeaders }) => {
  const token = url.searchParams.get('token') ?? ''
  if (token === '' && (await locals.me())) throw redirect(303, localized(locals.locale, '/settings/data'))
  // The link is a secret as long as it works.
  setHeaders({ 'cache-control': 'no-store', 'referrer-policy': 'strict-origin' })
  return { token }
}

export const actions: Actions = {
  default: async ({ locals, request }) => {
    const form = await request.formData()
    const token = field(form, 'token')
    const answer = await locals.api.POST('/api/v1/account-keepings', { body: { token } })
    if (!answer.error) return { kept: true }
    const problem = problemOf(answer)
    return fail(problem.status, { problem, token })
  },
}
