import { fail, redirect } from '@sveltejs/kit'
import { localized } from '#lib/i18n/locale.ts'
import { field, problemOf, refuse } from '#lib/server/answers.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = ({ url, setHeaders }) => {
  // The link is a secret as long as it works.
  setHeaders({ 'cache-control': 'no-store', 'referrer-policy': 'strict-origin' })
  return { token: url.searchParams.get('token') ?? '' }
}

export const actions: Actions = {
  open: async ({ locals, request }) => {
    const form = await request.formData()
    const token = field(form, 'token')
    const body = { token, password: field(form, 'password') }
    const answer = await locals.api.POST('/api/v1/auth/email-verifications', { body })
    if (!answer.error)
      throw redirect(303, `/sign-in/done?to=${encodeURIComponent(localized(locals.locale, '/welcome'))}`)
    const problem = problemOf(answer)
    return fail(problem.status, { problem, token: problem.code === 'auth.link_invalid' ? '' : token })
  },

  again: async ({ locals, request }) => {
    const form = await request.formData()
    const email = field(form, 'email').trim()
    const answer = await locals.api.POST('/api/v1/auth/verification-mails', { body: { email } })
    return answer.error ? refuse(answer, form) : { sent: email }
  },
}
