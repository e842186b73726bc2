import { redirect } from '@sveltejs/kit'
import { field, need, refuse } from '#lib/server/answers.ts'
import { ownPath } from '#lib/server/own-path.ts'
import { signedIn } from '#lib/server/signed-in.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  await signedIn(event)
  return { consents: await need(event.locals.api.GET('/api/v1/me/consents')) }
}

const PURPOSES = ['terms', 'privacy', 'marketing'] as const

export const actions: Actions = {
  async default({ locals, request, url }) {
    const form = await request.formData()
    const purpose = PURPOSES.find((one) => one === field(form, 'purpose')) ?? 'marketing'
    const body = { granted: field(form, 'granted') === 'yes', version: field(form, 'version') }
    const params = { path: { purpose } }
    const answer = await locals.api.PUT('/api/v1/me/consents/{purpose}', { params, body })
    if (answer.error) return refuse(answer, form)
    const next = ownPath(url.searchParams.get('return_to'), '')
    if (next !== '' && !answer.data.items.some(({ is_due }) => is_due)) throw redirect(303, next)
    return { done: purpose }
  },
}
