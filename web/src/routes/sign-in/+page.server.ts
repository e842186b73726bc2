import { fail, redirect } from '@sveltejs/kit'
import { localized, splitLocale } from '#lib/i18n/locale.ts'
import { field, optional, problemOf, refuse } from '#lib/server/answers.ts'
import { acceptedIn, legalInForce } from '#lib/server/legal.ts'
import { ownPath } from '#lib/server/own-path.ts'
import { halfIn, halfOf, login, secondStep } from '#lib/server/sign-in.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, url }) => {
  const to = ownPath(url.searchParams.get('return_to'), '/dashboard')
  if (await locals.me()) throw redirect(303, localized(locals.locale, splitLocale(to).path))
  const providers = await optional(locals.api.GET('/api/v1/auth/providers'))
  const offered = providers?.items ?? []
  return {
    to,
    providers: offered,
    legal: offered.length > 0 ? await legalInForce(locals.api) : null,
    isReset: url.searchParams.has('reset'),
    /** Why a provider did not sign somebody in. */
    refused: url.searchParams.get('refused'),
  }
}

export const actions: Actions = {
  enter: async ({ locals, request }) => {
    const form = await request.formData()
    const answer = await login(locals.api, form)
    if (answer.error) return refuse(answer, form)
    const half = halfOf(answer)
    if (half) return { half, to: field(form, 'to') }
    throw redirect(303, doneWith(field(form, 'to')))
  },

  second: async ({ locals, request }) => {
    const form = await request.formData()
    const answer = await secondStep(locals.api, form)
    const problem = answer.error && problemOf(answer)
    if (problem?.code === 'auth.ticket_invalid') return refuse(answer, form)
    if (problem) return fail(problem.status, { problem, half: halfIn(form), to: field(form, 'to') })
    throw redirect(303, doneWith(field(form, 'to')))
  },

  provider: async ({ locals, request }) => {
    const form = await request.formData()
    const answer = await locals.api.POST('/api/v1/auth/oidc/{provider}/authorizations', {
      params: { path: { provider: field(form, 'provider') } },
      body: { return_to: doneWith(field(form, 'to')), accepted: acceptedIn(form) },
    })
    if (answer.error) return refuse(answer, form)
    return { going: answer.data.url, label: field(form, 'label') }
  },
}

function doneWith(to: string): string {
  return `/sign-in/done?to=${encodeURIComponent(ownPath(to, '/dashboard'))}`
}
