import { isFixed, TYPES, WAYS } from '#lib/account/notification-types.ts'
import { field, need, optional } from '#lib/server/answers.ts'
import { signedIn } from '#lib/server/signed-in.ts'
import { refusedField, refusedIn } from '#lib/server/which.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  await signedIn(event)
  const { api } = event.locals
  const page = { params: { query: { limit: 100 } } }
  const [settings, mail, push, phone, threads, people] = await Promise.all([
    need(api.GET('/api/v1/me/settings')),
    optional(api.GET('/api/v1/me/mail-delivery')),
    optional(api.GET('/api/v1/me/push-subscriptions')),
    optional(api.GET('/api/v1/me/phone')),
    optional(api.GET('/api/v1/me/notification-mutes')),
    optional(api.GET('/api/v1/me/mutes', page)),
  ])
  return { settings, mail, push, hasNumber: Boolean(phone?.phone_number), threads, people }
}

const DIGESTS = ['off', 'daily', 'weekly'] as const

export const actions: Actions = {
  save: async ({ locals, request }) => {
    const form = await request.formData()
    const [start, end] = [field(form, 'quiet_start'), field(form, 'quiet_end')]
    if ((start === '') !== (end === '')) return refusedField('matrix', form, 'quiet_end', 'quiet')
    const body = {
      notifications: {
        matrix: matrixIn(form),
        quiet_hours: start === '' ? null : { start, end },
        digest: DIGESTS.find((one) => one === form.get('digest')) ?? 'off',
        email_when_away: form.has('email_when_away'),
      },
    }
    const answer = await locals.api.PATCH('/api/v1/me/settings', { body })
    return answer.error ? refusedIn('matrix', answer, form) : { which: 'matrix' as const, done: true }
  },

  unmute_thread: async ({ locals, request }) => {
    const form = await request.formData()
    const params = { path: { thread_key: field(form, 'thread_key') } }
    const answer = await locals.api.DELETE('/api/v1/me/notification-mutes/{thread_key}', { params })
    return answer.error ? refusedIn('lists', answer, form) : { which: 'lists' as const, done: true }
  },

  unmute_person: async ({ locals, request }) => {
    const form = await request.formData()
    const params = { path: { user_id: field(form, 'user_id') } }
    const answer = await locals.api.DELETE('/api/v1/people/{user_id}/mute', { params })
    return answer.error ? refusedIn('lists', answer, form) : { which: 'lists' as const, done: true }
  },
}

type Matrix = Record<string, { email?: boolean; sms?: boolean; push?: boolean }>

/** Every box of the table: one that is not ticked is not sent, and says no. */
function matrixIn(form: FormData): Matrix {
  const matrix: Matrix = {}
  for (const [type] of TYPES) {
    const row: Matrix[string] = {}
    for (const [way] of WAYS) if (!isFixed(type, way)) row[way] = form.has(`${type}.${way}`)
    matrix[type] = row
  }
  return matrix
}
