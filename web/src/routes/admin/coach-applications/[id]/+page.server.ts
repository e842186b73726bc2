import { moment, notATime, outcome } from '#lib/server/acts.ts'
import { field, need, refuseField } from '#lib/server/answers.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals: { api }, params }) => {
  const path = { application_id: params.id }
  return {
    application: await need(
      api.GET('/api/v1/admin/coach-applications/{application_id}', { params: { path } }),
    ),
  }
}

export const actions: Actions = {
  async default({ locals, params, request }) {
    const form = await request.formData()
    const decision = field(form, 'decision')
    if (decision !== 'approved' && decision !== 'rejected') return refuseField(form, 'decision', 'choose')
    const until = moment(form, 'expires_at')
    if (until === null) return notATime(form, 'expires_at')
    const internal = field(form, 'internal_note').trim()
    const body = {
      decision,
      note: field(form, 'note').trim(),
      ...(internal && { internal_note: internal }),
      ...(until !== undefined && { expires_at: until }),
    } as const
    const path = { application_id: params.id }
    return outcome(
      await locals.api.POST('/api/v1/admin/coach-applications/{application_id}/decision', {
        params: { path },
        body,
      }),
      form,
    )
  },
}
