import { need, refuse } from '#lib/server/answers.ts'
import { signedIn } from '#lib/server/signed-in.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  const { email } = await signedIn(event)
  return { email, mail: await need(event.locals.api.GET('/api/v1/me/mail-delivery')) }
}

export const actions: Actions = {
  default: async ({ locals, request }) => {
    const form = await request.formData()
    const answer = await locals.api.POST('/api/v1/me/mail-delivery/links')
    return answer.error ? refuse(answer, form) : { sent: true }
  },
}
