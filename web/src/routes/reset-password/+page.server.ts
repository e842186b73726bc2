import { redirect } from '@sveltejs/kit'
import { localized } from '#lib/i18n/locale.ts'
import { field, refuse } from '#lib/server/answers.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = ({ locals, url, setHeaders }) => {
  const token = url.searchParams.get('token')
  if (token === null) throw redirect(303, localized(locals.locale, '/forgot-password'))
  setHeaders({ 'cache-control': 'no-store', 'referrer-policy': 'strict-origin' })
  return { token }
}

export const actions: Actions = {
  default: async ({ locals, request }) => {
    const form = await request.formData()
    const body = { token: field(form, 'token'), new_password: field(form, 'new_password') }
    const answer = await locals.api.POST('/api/v1/auth/password-resets/completion', { body })
    if (answer.error) return refuse(answer, form)
    throw redirect(303, `${localized(locals.locale, '/sign-in')}?reset`)
  },
}
