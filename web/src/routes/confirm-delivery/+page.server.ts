import { fail, redirect } from '@sveltejs/kit'
import { localized } from '#lib/i18n/locale.ts'
import { field, problemOf } from '#lib/server/answers.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = ({ locals, url, setHeaders }) => {
  const token = url.searchParams.get('token') ?? ''
  if (token === '') throw redirect(303, localized(locals.locale, '/settings/notifications/mail'))
  // The link is a secret as long as it works.
  setHeaders({ 'cache-control': 'no-store', 'referrer-policy': 'strict-origin' })
  return { token }
}

export const actions: Actions = {
  default: async ({ locals, request }) => {
    const form = await request.formData()
    const token = field(form, 'token')
    const answer = await locals.api.POST('/api/v1/notifications/mail-confirmations', { body: { token } })
    if (!answer.error) return { confirmed: true }
    const problem = problemOf(answer)
    return fail(problem.status, { problem, token })
  },
}
