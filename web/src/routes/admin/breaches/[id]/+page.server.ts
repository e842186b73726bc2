import { BREACH_STATUSES, HAS, oneOfThese, SEVERITIES } from '#lib/privacy/breach-words.ts'
import { outcome } from '#lib/server/acts.ts'
import { field, need, refuseField } from '#lib/server/answers.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals: { api }, params }) => {
  const path = { breach_id: params.id }
  return { breach: await need(api.GET('/api/v1/admin/breaches/{breach_id}', { params: { path } })) }
}

const LANGUAGES = ['en', 'sw', 'fr'] as const

/** In all three languages, or nothing yet (null); else the field that misses. */
function noticeIn(form: FormData) {
  const names = LANGUAGES.map((language) => `notice_${language}`)
  const [en = '', sw = '', fr = ''] = names.map((name) => field(form, name).trim())
  if (en + sw + fr === '') return null
  return names.find((name) => field(form, name).trim() === '') ?? { en, sw, fr }
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
    const notice = noticeIn(form)
    if (typeof notice === 'string') return refuseField(form, notice, 'in_every_language')
    const severity = oneOfThese(SEVERITIES, field(form, 'severity'))
    const status = oneOfThese(BREACH_STATUSES, field(form, 'status'))
    const body = {
      ...(severity && { severity }),
      ...(status && { status }),
      facts: field(form, 'facts').trim(),
      consequences: field(form, 'consequences').trim() || null,
      measures: field(form, 'measures').trim() || null,
      notice,
    }
    return outcome(await api.PATCH('/api/v1/admin/breaches/{breach_id}', { ...at, body }), form)
  },
}
