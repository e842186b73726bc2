import { BREACH_STATUSES, HAS, oneOfThese, SEVERITIES } from '#lib/privacy/breach-words.ts'
import { outcome } from '#lib/server/acts.ts'
import { field, need } from '#lib/server/answers.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals: { api }, params }) => {
  const path = { breach_id: params.id }
  return { breach: await need(api.GET('/api/v1/admin/breaches/{breach_id}', { params: { path } })) }
}

/** All three languages, or nothing yet. */
function noticeIn(form: FormData) {
  const [en, sw, fr] = ['en', 'sw', 'fr'].map((language) => field(form, `notice_${language}`).trim())
  return en && sw && fr ? { en, sw, fr } : null
}

export const actions: Actions = {
  async default({ locals: { api }, params, request }) {
    const form = await request.formData()
    const at = { params: { path: { breach_id: params.id } } }
    const act = field(form, 'act')
    if (act === 'authority') {
      const body = { note: field(form, 'note').trim() }
      return outcome(
        await api.POST('/api/v1/admin/breaches/{breach_id}/authority-notice', { ...at, body }),
        form,
      )
    }
    if (act === 'mail') {
      return outcome(await api.POST('/api/v1/admin/breaches/{breach_id}/people-notice', at), form)
    }
    if (act === 'people') {
      const user_ids = field(form, 'ids').split(/\s+/).filter(Boolean)
      const has = oneOfThese(HAS, field(form, 'has'))
      const body = { ...(user_ids.length > 0 && { user_ids }), ...(has && { query: { has } }) }
      return outcome(await api.POST('/api/v1/admin/breaches/{breach_id}/people', { ...at, body }), form)
    }
    const severity = oneOfThese(SEVERITIES, field(form, 'severity'))
    const status = oneOfThese(BREACH_STATUSES, field(form, 'status'))
    const body = {
      ...(severity && { severity }),
      ...(status && { status }),
      facts: field(form, 'facts').trim(),
      consequences: field(form, 'consequences').trim() || null,
      measures: field(form, 'measures').trim() || null,
      notice: noticeIn(form),
    }
    return outcome(await api.PATCH('/api/v1/admin/breaches/{breach_id}', { ...at, body }), form)
  },
}
