import { redirect } from '@sveltejs/kit'
import { localized } from '#lib/i18n/locale.ts'
import { refuse } from '#lib/server/answers.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals }) => {
  if (!(await locals.me())) throw redirect(303, localized(locals.locale, '/'))
}

export const actions: Actions = {
  default: async ({ locals, request }) => {
    const form = await request.formData()
    const answer = await locals.api.POST('/api/v1/auth/logout')
    if (answer.error && answer.response.status !== 401) return refuse(answer, form)
    throw redirect(303, localized(locals.locale, '/'))
  },
}
