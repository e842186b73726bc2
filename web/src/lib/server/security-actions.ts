import { fail, type RequestEvent } from '@sveltejs/kit'
import { localized } from '#lib/i18n/locale.ts'
import { field, problemOf } from './answers.ts'
import { refusedIn } from './which.ts'

/** What is done to one's own account's safety: each action a request of the API, and the part of the page that answers. */
export const securityActions = {
  password: async ({ locals, request }: RequestEvent) => {
    const form = await request.formData()
    const body = { new_password: field(form, 'new_password') }
    const answer = await locals.api.PUT('/api/v1/me/password', { body })
    return answer.error ? refusedIn('password', answer, form) : { which: 'password' as const }
  },

  email: async ({ locals, request }: RequestEvent) => {
    const form = await request.formData()
    const answer = await locals.api.PUT('/api/v1/me/email', { body: { email: field(form, 'email').trim() } })
    return answer.error ? refusedIn('email', answer, form) : { which: 'email' as const }
  },

  phone: async ({ locals, request }: RequestEvent) => {
    const form = await request.formData()
    const body = { phone_number: field(form, 'phone_number').replace(/[\s().-]/g, '') }
    const answer = await locals.api.PUT('/api/v1/me/phone', { body })
    return answer.error ? refusedIn('phone', answer, form) : { which: 'phone' as const }
  },

  phone_code: async ({ locals, request }: RequestEvent) => {
    const form = await request.formData()
    const body = { code: field(form, 'code').replace(/\s/g, '') }
    const answer = await locals.api.POST('/api/v1/me/phone/verification', { body })
    return answer.error ? refusedIn('phone_code', answer, form) : { which: 'phone_code' as const }
  },

  phone_forget: async ({ locals, request }: RequestEvent) => {
    const answer = await locals.api.DELETE('/api/v1/me/phone')
    return answer.error ? refusedIn('phone', answer, await request.formData()) : { which: 'phone' as const }
  },

  totp_begin: async ({ locals, request }: RequestEvent) => {
    const answer = await locals.api.POST('/api/v1/me/totp')
    if (answer.error) return refusedIn('totp', answer, await request.formData())
    const { secret, qr_svg } = answer.data
    return { which: 'totp' as const, secret, picture: pictureOf(qr_svg) }
  },

  totp_confirm: async ({ locals, request }: RequestEvent) => {
    const form = await request.formData()
    const body = { code: field(form, 'code').replace(/\s/g, '') }
    const answer = await locals.api.POST('/api/v1/me/totp/confirmation', { body })
    if (!answer.error) return { which: 'totp' as const, codes: answer.data.recovery_codes }
    // The picture is shown again: the secret is the same until a code was right.
    const problem = problemOf(answer)
    const again = { secret: field(form, 'totp_secret'), picture: field(form, 'totp_picture') }
    return fail(problem.status, { which: 'totp' as const, problem, ...again })
  },

  totp_off: async ({ locals, request }: RequestEvent) => {
    const answer = await locals.api.DELETE('/api/v1/me/totp')
    return answer.error ? refusedIn('totp', answer, await request.formData()) : { which: 'totp' as const }
  },

  codes: async ({ locals, request }: RequestEvent) => {
    const answer = await locals.api.POST('/api/v1/me/recovery-codes')
    if (answer.error) return refusedIn('totp', answer, await request.formData())
    return { which: 'totp' as const, codes: answer.data.recovery_codes }
  },

  passkey_rename: async ({ locals, request }: RequestEvent) => {
    const form = await request.formData()
    const params = { path: { passkey_id: field(form, 'passkey_id') } }
    const body = { name: field(form, 'name') }
    const answer = await locals.api.PATCH('/api/v1/me/passkeys/{passkey_id}', { params, body })
    return answer.error ? refusedIn('passkeys', answer, form) : { which: 'passkeys' as const }
  },

  passkey_remove: async ({ locals, request }: RequestEvent) => {
    const form = await request.formData()
    const params = { path: { passkey_id: field(form, 'passkey_id') } }
    const answer = await locals.api.DELETE('/api/v1/me/passkeys/{passkey_id}', { params })
    return answer.error ? refusedIn('passkeys', answer, form) : { which: 'passkeys' as const }
  },

  link: async ({ locals, request }: RequestEvent) => {
    const form = await request.formData()
    const answer = await locals.api.POST('/api/v1/me/identities/{provider}/authorizations', {
      params: { path: { provider: field(form, 'provider') } },
      body: { return_to: localized(locals.locale, '/settings/security') },
    })
    if (answer.error) return refusedIn('identities', answer, form)
    return { which: 'identities' as const, going: answer.data.url, label: field(form, 'label') }
  },

  unlink: async ({ locals, request }: RequestEvent) => {
    const form = await request.formData()
    const params = { path: { identity_id: field(form, 'identity_id') } }
    const answer = await locals.api.DELETE('/api/v1/me/identities/{identity_id}', { params })
    return answer.error ? refusedIn('identities', answer, form) : { which: 'identities' as const }
  },

  end: async ({ locals, request }: RequestEvent) => {
    const form = await request.formData()
    const params = { path: { session_id: field(form, 'session_id') } }
    const answer = await locals.api.DELETE('/api/v1/me/sessions/{session_id}', { params })
    return answer.error ? refusedIn('sessions', answer, form) : { which: 'sessions' as const }
  },

  end_all: async ({ locals, request }: RequestEvent) => {
    const answer = await locals.api.DELETE('/api/v1/me/sessions')
    return answer.error
      ? refusedIn('sessions', answer, await request.formData())
      : { which: 'sessions' as const }
  },
}

/** As an address of a picture: no markup of anybody else's stands in our pages. */
function pictureOf(svg: string): string {
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`
}
