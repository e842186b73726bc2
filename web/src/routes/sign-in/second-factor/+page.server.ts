import { fail, redirect } from '@sveltejs/kit'
import { field, problemOf, refuse } from '#lib/server/answers.ts'
import { ownPath } from '#lib/server/own-path.ts'
import { halfIn, secondStep } from '#lib/server/sign-in.ts'
import type { Actions } from './$types'

export const actions: Actions = {
  default: async ({ locals, request }) => {
    const form = await request.formData()
    const answer = await secondStep(locals.api, form)
    const problem = answer.error && problemOf(answer)
    if (problem?.code === 'auth.ticket_invalid') return refuse(answer, form)
    if (problem) return fail(problem.status, { problem, half: halfIn(form), to: field(form, 'to') })
    throw redirect(303, `/sign-in/done?to=${encodeURIComponent(ownPath(form.get('to'), '/dashboard'))}`)
  },
}
