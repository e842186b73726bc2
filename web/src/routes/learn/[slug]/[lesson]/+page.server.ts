import { randomUUID } from 'node:crypto'
import { fail, redirect } from '@sveltejs/kit'
import { localized } from '#lib/i18n/locale.ts'
import { need, problemOf } from '#lib/server/answers.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params }) => {
  const lesson = await need(
    locals.api.GET('/api/v1/lessons/{lesson_id}', { params: { path: { lesson_id: params.lesson } } }),
  )
  if (lesson.program.slug !== params.slug) {
    throw redirect(301, localized(locals.locale, `/learn/${lesson.program.slug}/${lesson.lesson_id}`))
  }
  return { lesson }
}

export const actions: Actions = {
  /** Without JavaScript; with it the same is queued in the browser, and sent from there. */
  done: async ({ locals, params }) => {
    const here = localized(locals.locale, `/learn/${params.slug}/${params.lesson}`)
    const answer = await locals.api.PUT('/api/v1/lessons/{lesson_id}/progress', {
      params: { path: { lesson_id: params.lesson } },
      body: { progress_percent: 100, client_session_id: randomUUID(), time_spent_seconds: 0 },
    })
    if (answer.response.status === 401) {
      throw redirect(303, `${localized(locals.locale, '/sign-in')}?return_to=${encodeURIComponent(here)}`)
    }
    if (!answer.data) {
      const problem = problemOf(answer)
      return fail(problem.status, { problem })
    }
    throw redirect(303, `${here}#done`)
  },
}
