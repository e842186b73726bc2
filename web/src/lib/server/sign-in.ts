import type { Half } from '#lib/account/types.ts'
import type { Api } from '#lib/api/client.ts'
import { field } from './answers.ts'

/** What somebody signs in with: an address has an @, a username never. */
export function login(api: Api, form: FormData) {
  const name = field(form, 'login').trim()
  const who = name.includes('@') ? { email: name } : { username: name }
  return api.POST('/api/v1/auth/login', { body: { ...who, password: field(form, 'password') } })
}

type Answer = Awaited<ReturnType<typeof login>>

/** What is still wanted; null: they are in. */
export function halfOf({ data }: Answer): Half | null {
  return data !== undefined && 'second_factor' in data ? data.second_factor : null
}

/** The code of the app, or one that was written down: whichever was typed. */
export function proofIn(form: FormData) {
  const totp = field(form, 'totp').replace(/\s/g, '')
  return totp === '' ? { recovery_code: field(form, 'recovery_code').trim() } : { totp }
}

export function secondStep(api: Api, form: FormData) {
  return api.POST('/api/v1/auth/second-factor', {
    body: { ticket: field(form, 'ticket'), ...proofIn(form) },
  })
}

/** What the second step shows again after a wrong code: the ticket is good for more than one try. */
export function halfIn(form: FormData): { ticket: string; methods: string[] } {
  return { ticket: field(form, 'ticket'), methods: field(form, 'methods').split(',').filter(Boolean) }
}
