import { field, refuse } from '#lib/server/answers.ts'
import type { Actions } from './$types'

export const actions: Actions = {
  default: async ({ locals, request }) => {
    const form = await request.formData()
    const email = field(form, 'email').trim()
    const answer = await locals.api.POST('/api/v1/auth/password-resets', { body: { email } })
    return answer.error ? refuse(answer, form) : { sent: email }
  },
}
