import { minorOf } from '#lib/people/rates.ts'
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
    const currency = field(form, 'currency')
    const amount = minorOf(field(form, 'rate'), currency)
    const isAmount = Number.isFinite(amount)
    if (!isAmount || amount <= 0)
      return refusedField('apply', form, 'hourly_rate', isAmount ? 'minimum' : 'format')
    const links = linesOf(form, 'links')
    const body = {
      motivation: field(form, 'motivation'),
      experience: field(form, 'experience'),
      specialties: linesOf(form, 'specialties'),
      languages: form.getAll('languages').map(String),
      hourly_rate: { amount_minor: amount, currency },
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
