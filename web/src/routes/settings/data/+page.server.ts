import { redirect } from '@sveltejs/kit'
import { localized } from '#lib/i18n/locale.ts'
import { field, need } from '#lib/server/answers.ts'
import { signedIn } from '#lib/server/signed-in.ts'
import { refusedField, refusedIn } from '#lib/server/which.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  await signedIn(event)
  const { items } = await need(event.locals.api.GET('/api/v1/me/exports'))
  return { exports: items }
}

export const actions: Actions = {
  export: async ({ locals, request }) => {
    const answer = await locals.api.POST('/api/v1/me/exports')
    if (answer.error) return refusedIn('export', answer, await request.formData())
    return { which: 'export' as const, done: true }
  },

  /** Answered with a link and not with the file: a form may lead to our own address alone, and the storage's is another. */
  download: async ({ locals, request }) => {
    const form = await request.formData()
    const params = { path: { export_id: field(form, 'export_id') } }
    const answer = await locals.api.POST('/api/v1/me/exports/{export_id}/download-link', { params })
    if (answer.error) return refusedIn('download', answer, form)
    return { which: 'download' as const, link: answer.data.url, export_id: params.path.export_id }
  },

  erase: async ({ locals, request }) => {
    const form = await request.formData()
    if (!form.has('sure')) return refusedField('erase', form, 'sure', 'required')
    const public_writing = field(form, 'public_writing') === 'goes' ? 'goes' : 'stays'
    const answer = await locals.api.POST('/api/v1/me/erasure', { body: { public_writing } })
    if (answer.error) return refusedIn('erase', answer, form)
    throw redirect(303, localized(locals.locale, '/keep-account'))
  },
}
