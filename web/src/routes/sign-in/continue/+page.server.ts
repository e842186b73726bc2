import { fail, redirect } from '@sveltejs/kit'
import { localized } from '#lib/i18n/locale.ts'
import { field, optional, problemOf } from '#lib/server/answers.ts'
import { ownPath } from '#lib/server/own-path.ts'
import { halfIn, halfOf, login, proofIn, secondStep } from '#lib/server/sign-in.ts'
import type { Actions, PageServerLoad } from './$types'

/** See lib/server/resume.ts: a form waits here until somebody is signed in, or has proven that it is them. */
export const load: PageServerLoad = async ({ locals, request, setHeaders }) => {
  if (request.method === 'GET') throw redirect(303, localized(locals.locale, '/sign-in'))
  setHeaders({ 'cache-control': 'no-store' })
  return { factors: locals.hasSession ? await optional(locals.api.GET('/api/v1/me/factors')) : null }
}

export const actions: Actions = {
  ask: async ({ request }) => ({ stage: 'ask' as const, ...carried(await request.formData()) }),

  enter: async ({ locals, request }) => {
    const form = await request.formData()
    const answer = await login(locals.api, form)
    if (answer.error) return wrong(answer, form)
    const half = halfOf(answer)
    if (half) return { stage: 'second' as const, half, ...carried(form) }
    return { stage: 'ready' as const, ...carried(form) }
  },

  second: async ({ locals, request }) => {
    const form = await request.formData()
    const answer = await secondStep(locals.api, form)
    const problem = answer.error && problemOf(answer)
    if (problem?.code === 'auth.ticket_invalid') return wrong(answer, form)
    if (problem)
      return fail(problem.status, { stage: 'second' as const, problem, half: halfIn(form), ...carried(form) })
    return { stage: 'ready' as const, ...carried(form) }
  },

  prove: async ({ locals, request }) => {
    const form = await request.formData()
    const password = field(form, 'password')
    const body = password === '' ? proofIn(form) : { password }
    const answer = await locals.api.POST('/api/v1/auth/step-up', { body })
    return answer.error ? wrong(answer, form) : { stage: 'ready' as const, ...carried(form) }
  },
}

function wrong(answer: Parameters<typeof problemOf>[0], form: FormData) {
  const problem = problemOf(answer)
  return fail(problem.status, {
    stage: 'ask' as const,
    problem,
    login: field(form, 'login'),
    ...carried(form),
  })
}

/** The form on its way. It leads to a page of ours, whatever is sent here. */
function carried(form: FormData) {
  const kept = field(form, 'kept')
  return {
    why: field(form, 'why') === 'prove' ? ('prove' as const) : ('sign_in' as const),
    target: ownPath(form.get('target'), '/dashboard'),
    kept,
    fields: pairs(kept),
  }
}

function pairs(text: string): (readonly [string, string])[] {
  try {
    const list: unknown = JSON.parse(text)
    if (!Array.isArray(list)) return []
    return list.filter(
      (pair): pair is [string, string] =>
        Array.isArray(pair) && pair.length === 2 && pair.every((part) => typeof part === 'string'),
    )
  } catch {
    return []
  }
}
