import { field, optional } from '#lib/server/answers.ts'
import { signedIn } from '#lib/server/signed-in.ts'
import { refusedField, refusedIn } from '#lib/server/which.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  const { roles } = await signedIn(event)
  return {
    application: await optional(event.locals.api.GET('/api/v1/me/coach-application')),
    isCoach: roles.some(({ role_name }) => role_name === 'coach'),
  }
}

export const actions: Actions = {
  apply: async ({ locals, request }) => {
    const form = await request.formData()
    const price = Number(field(form, 'rate').replace(/[\s,]/g, ''))
    if (!Number.isFinite(price) || price <= 0) return refusedField('apply', form, 'hourly_rate', 'minimum')
    const links = linesOf(form, 'links')
    const currency = field(form, 'currency')
    const body = {
      motivation: field(form, 'motivation'),
      experience: field(form, 'experience'),
      specialties: linesOf(form, 'specialties'),
      languages: form.getAll('languages').map(String),
      hourly_rate: { amount_minor: Math.round(price * 10 ** digitsOf(currency)), currency },
      ...(links.length > 0 && { links }),
    }
    const answer = await locals.api.POST('/api/v1/me/coach-application', { body })
    if (answer.error) return refusedIn('apply', answer, form)
    return { which: 'apply' as const, done: true }
  },

  withdraw: async ({ locals, request }) => {
    const answer = await locals.api.DELETE('/api/v1/me/coach-application')
    if (answer.error) return refusedIn('withdraw', answer, await request.formData())
    return { which: 'withdraw' as const, done: true }
  },
}

function linesOf(form: FormData, name: string): string[] {
  const lines = field(form, name)
    .split('\n')
    .map((line) => line.trim())
  return [...new Set(lines)].filter((line) => line !== '')
}

function digitsOf(currency: string): number {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency })
  return format.resolvedOptions().maximumFractionDigits ?? 2
}
