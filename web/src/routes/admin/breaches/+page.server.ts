import { redirect } from '@sveltejs/kit'
import { localized } from '#lib/i18n/locale.ts'
import { oneOfThese, SEVERITIES } from '#lib/privacy/breach-words.ts'
import { field, need, refuse } from '#lib/server/answers.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals: { api }, url }) => {
  const cursor = url.searchParams.get('cursor')
  const params = { query: cursor ? { cursor } : {} }
  return { list: await need(api.GET('/api/v1/admin/breaches', { params })) }
}

export const actions: Actions = {
  async default({ locals, request }) {
    const form = await request.formData()
    const body = {
      title: field(form, 'title').trim(),
      severity: oneOfThese(SEVERITIES, field(form, 'severity')) ?? 'high',
      facts: field(form, 'facts').trim(),
    }
    const answer = await locals.api.POST('/api/v1/admin/breaches', { body })
    if (answer.error) return refuse(answer, form)
    throw redirect(303, localized(locals.locale, `/admin/breaches/${answer.data.breach_id}`))
  },
}
