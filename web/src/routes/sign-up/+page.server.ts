import { redirect } from '@sveltejs/kit'
import { localized } from '#lib/i18n/locale.ts'
import { field, optional, refuse } from '#lib/server/answers.ts'
import { acceptedIn, legalInForce } from '#lib/server/legal.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals }) => {
  if (await locals.me()) throw redirect(303, localized(locals.locale, '/dashboard'))
  const [legal, settings] = await Promise.all([
    legalInForce(locals.api),
    optional(locals.api.GET('/api/v1/settings')),
  ])
  return { legal, isOpen: settings?.['platform.registration_open'] !== false }
}

export const actions: Actions = {
  join: async ({ locals, request }) => {
    const form = await request.formData()
    const email = field(form, 'email').trim()
    const answer = await locals.api.POST('/api/v1/auth/register', {
      body: {
        email,
        password: field(form, 'password'),
        full_name: field(form, 'full_name'),
        language: locals.locale,
        accepted: acceptedIn(form),
      },
    })
    return answer.error ? refuse(answer, form) : { sent: email }
  },

  again: async ({ locals, request }) => {
    const form = await request.formData()
    const email = field(form, 'email').trim()
    const answer = await locals.api.POST('/api/v1/auth/verification-mails', { body: { email } })
    return answer.error ? refuse(answer, form) : { sent: email }
  },
}
