import { field, refuse } from '#lib/server/answers.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = ({ url, setHeaders }) => {
  setHeaders({ 'cache-control': 'no-store', 'referrer-policy': 'strict-origin' })
  return { token: url.searchParams.get('token') ?? '' }
}

/** A press of a button, not the opening of the page: mail programs open links to look into them. */
export const actions: Actions = {
  default: async ({ locals, request }) => {
    const form = await request.formData()
    const body = { token: field(form, 'token') }
    const answer = await locals.api.POST('/api/v1/auth/email-changes/confirmation', { body })
    return answer.error ? refuse(answer, form) : { done: true }
  },
}
