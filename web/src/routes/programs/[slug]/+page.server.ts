import { fail, redirect } from '@sveltejs/kit'
import { localized } from '#lib/i18n/locale.ts'
import { need, optional, problemOf } from '#lib/server/answers.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params }) => {
  const answer = await locals.api.GET('/api/v1/programs/{slug}', { params: { path: { slug: params.slug } } })
  const program = await movedOr(answer, params.slug, (slug) => localized(locals.locale, `/programs/${slug}`))
  const progress = locals.hasSession
    ? await optional(
        locals.api.GET('/api/v1/programs/{program_id}/progress', {
          params: { path: { program_id: program.program_id } },
        }),
      )
    : null
  return { program, progress }
}

type Answer = {
  readonly data?: { readonly slug: string }
  readonly error?: unknown
  readonly response: Response
}

/** The program, or a redirect where its address has changed: told by 301, or followed already on the way. */
async function movedOr<A extends Answer>(answer: A, slug: string, address: (slug: string) => string) {
  const target = answer.response.headers.get('location')
  if (answer.response.status === 301 && target !== null) {
    throw redirect(301, address(target.slice(target.lastIndexOf('/') + 1)))
  }
  const program = await need(Promise.resolve(answer))
  if (program.slug !== slug) throw redirect(301, address(program.slug))
  return program as NonNullable<A['data']>
}

export const actions: Actions = {
  enrol: async ({ locals, params, request }) => {
    const here = localized(locals.locale, `/programs/${params.slug}`)
    const signIn = `${localized(locals.locale, '/sign-in')}?return_to=${encodeURIComponent(here)}`
    if (!locals.hasSession) throw redirect(303, signIn)
    const form = await request.formData()
    const answer = await locals.api.POST('/api/v1/programs/{program_id}/enrollments', {
      params: { path: { program_id: String(form.get('program_id') ?? '') } },
    })
    if (answer.response.status === 401) throw redirect(303, signIn)
    if (!answer.data) {
      const problem = problemOf(answer)
      return fail(problem.status, { problem })
    }
    const first = answer.data.next_lesson
    throw redirect(303, first ? localized(locals.locale, `/learn/${params.slug}/${first.lesson_id}`) : here)
  },
}
