import { field, need, refuse } from '#lib/server/answers.ts'
import { signedIn } from '#lib/server/signed-in.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  await signedIn(event)
  return { push: await need(event.locals.api.GET('/api/v1/me/push-subscriptions')) }
}

export const actions: Actions = {
  test: async ({ locals, request }) => {
    const form = await request.formData()
    const params = { path: { subscription_id: field(form, 'subscription_id') } }
    const answer = await locals.api.POST('/api/v1/me/push-subscriptions/{subscription_id}/tests', { params })
    return answer.error ? refuse(answer, form) : { sent: params.path.subscription_id }
  },
  remove: async ({ locals, request }) => {
    const form = await request.formData()
    const params = { path: { subscription_id: field(form, 'subscription_id') } }
    const answer = await locals.api.DELETE('/api/v1/me/push-subscriptions/{subscription_id}', { params })
    return answer.error ? refuse(answer, form) : { removed: true }
  },
}
