import { need, optional } from '#lib/server/answers.ts'
import { securityActions } from '#lib/server/security-actions.ts'
import { signedIn } from '#lib/server/signed-in.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  const { email } = await signedIn(event)
  const { api } = event.locals
  const [factors, sessions, phone, passkeys, identities, providers] = await Promise.all([
    need(api.GET('/api/v1/me/factors')),
    optional(api.GET('/api/v1/me/sessions')),
    optional(api.GET('/api/v1/me/phone')),
    optional(api.GET('/api/v1/me/passkeys')),
    optional(api.GET('/api/v1/me/identities')),
    optional(api.GET('/api/v1/auth/providers')),
  ])
  /** Why a provider was not linked. */
  const refused = event.url.searchParams.get('refused')
  return { refused, email, factors, sessions, phone, passkeys, identities, providers }
}

export const actions: Actions = securityActions
