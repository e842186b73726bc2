import { LOCALES } from '#lib/i18n/locale.ts'
import { outcome } from '#lib/server/acts.ts'
import { field, need } from '#lib/server/answers.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals: { api }, url }) => {
  const language = LOCALES.find((one) => one === url.searchParams.get('language'))
  const q = url.searchParams.get('q')?.trim().slice(0, 100) ?? ''
  const shown = url.searchParams.get('published')
  const cursor = url.searchParams.get('cursor')
  const query = {
    limit: 100,
    ...(language && { language }),
    ...(q && { q }),
    ...((shown === 'true' || shown === 'false') && { published: shown === 'true' }),
    ...(cursor && { cursor }),
  }
  const list = await need(api.GET('/api/v1/admin/faqs', { params: { query } }))
  return { list, language: language ?? '', q, shown: shown ?? '' }
}

/** What the editor's form says. */
const textOf = (form: FormData) => ({
  category: field(form, 'category').trim(),
  question: field(form, 'question').trim(),
  answer: field(form, 'answer').trim(),
  is_published: form.get('is_published') === 'on',
})

export const actions: Actions = {
  async add({ locals, request }) {
    const form = await request.formData()
    const original = field(form, 'translation_of')
    const language = LOCALES.find((one) => one === field(form, 'language')) ?? locals.locale
    const body = { ...textOf(form), language, ...(original && { translation_of: original }) }
    return outcome(await locals.api.POST('/api/v1/admin/faqs', { body }), form)
  },

  async edit({ locals, request }) {
    const form = await request.formData()
    const path = { faq_id: field(form, 'faq_id') }
    return outcome(
      await locals.api.PATCH('/api/v1/admin/faqs/{faq_id}', { params: { path }, body: textOf(form) }),
      form,
    )
  },

  async remove({ locals, request }) {
    const form = await request.formData()
    const path = { faq_id: field(form, 'faq_id') }
    return outcome(await locals.api.DELETE('/api/v1/admin/faqs/{faq_id}', { params: { path } }), form)
  },

  async arrange({ locals, request }) {
    const form = await request.formData()
    const faq_ids = field(form, 'order').split(',')
    return outcome(await locals.api.PUT('/api/v1/admin/faqs/order', { body: { faq_ids } }), form)
  },
}
