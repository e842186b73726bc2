import { OUTCOMES } from '#lib/privacy/words.ts'
import { outcome } from '#lib/server/acts.ts'
import { field, need, refuseField } from '#lib/server/answers.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals: { api }, params }) => {
  const path = { request_id: params.id }
  return { request: await need(api.GET('/api/v1/admin/privacy-requests/{request_id}', { params: { path } })) }
}

const KINDS = Object.keys(OUTCOMES) as (keyof typeof OUTCOMES)[]

export const actions: Actions = {
  async default({ locals: { api }, params, request }) {
    const form = await request.formData()
    const at = { params: { path: { request_id: params.id } } }
    const act = field(form, 'act')
    if (act === 'take') {
      return outcome(await api.PUT('/api/v1/admin/privacy-requests/{request_id}/assignment', at), form)
    }
    if (act === 'extend') {
      const body = { days: Number(field(form, 'days')), reason: field(form, 'reason').trim() }
      return outcome(
        await api.POST('/api/v1/admin/privacy-requests/{request_id}/extension', { ...at, body }),
        form,
      )
    }
    const result = KINDS.find((one) => one === field(form, 'outcome'))
    if (!result) return refuseField(form, 'outcome', 'choose')
    const body = { outcome: result, answer: field(form, 'answer').trim() }
    return outcome(
      await api.POST('/api/v1/admin/privacy-requests/{request_id}/answer', { ...at, body }),
      form,
    )
  },
}
