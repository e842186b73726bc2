import { RIGHTS } from '#lib/privacy/words.ts'
import { field, need } from '#lib/server/answers.ts'
import { signedIn } from '#lib/server/signed-in.ts'
import { refusedField, refusedIn } from '#lib/server/which.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  await signedIn(event)
  const cursor = event.url.searchParams.get('cursor')
  const params = { query: cursor ? { cursor } : {} }
  return { list: await need(event.locals.api.GET('/api/v1/me/privacy-requests', { params })) }
}

export const actions: Actions = {
  file: async ({ locals, request }) => {
    const form = await request.formData()
    const kind = RIGHTS.find((right) => right === field(form, 'kind'))
    if (!kind) return refusedField('file', form, 'kind', 'required')
    const details = field(form, 'details').trim()
    const body = { kind, ...(details && { details }) }
    const answer = await locals.api.POST('/api/v1/me/privacy-requests', { body })
    if (answer.error) return refusedIn('file', answer, form)
    return { which: 'file' as const, done: true }
  },

  withdraw: async ({ locals, request }) => {
    const form = await request.formData()
    const params = { path: { request_id: field(form, 'request_id') } }
    const answer = await locals.api.DELETE('/api/v1/me/privacy-requests/{request_id}', { params })
    if (answer.error) return refusedIn('withdraw', answer, form)
    return { which: 'withdraw' as const, done: true }
  },
}
