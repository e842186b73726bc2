import { redirect } from '@sveltejs/kit'
import { localized } from '#lib/i18n/locale.ts'
import { field, optional, problemOf, refuse } from '#lib/server/answers.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, url }) => {
  const q = url.searchParams.get('q')?.trim().slice(0, 100) ?? ''
  const topic = url.searchParams.get('topic') ?? ''
  const query = {
    language: locals.locale,
    limit: 100,
    ...(q !== '' && { q }),
    ...(topic !== '' && { category: topic }),
  }
  const [answer, settings] = await Promise.all([
    locals.api.GET('/api/v1/faqs', { params: { query } }),
    optional(locals.api.GET('/api/v1/settings')),
  ])
  return {
    q,
    topic,
    faqs: answer.data?.items ?? null,
    problem: answer.error ? problemOf(answer) : null,
    support: settings?.['platform.support_email'] ?? null,
  }
}

export const actions: Actions = {
  vote: async ({ locals, request, url }) => {
    const form = await request.formData()
    const faq = field(form, 'faq_id')
    const params = { path: { faq_id: faq } }
    const path = '/api/v1/faqs/{faq_id}/vote'
    const answer = await (form.has('back')
      ? locals.api.DELETE(path, { params })
      : locals.api.PUT(path, { params }))
    if (answer.error) return refuse(answer, form)
    const query = new URLSearchParams([...url.searchParams].filter(([name]) => !name.startsWith('/')))
    throw redirect(303, `${localized(locals.locale, '/help')}?${query}#faq-${faq}`)
  },
}
