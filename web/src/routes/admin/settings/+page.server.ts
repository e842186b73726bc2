import { RIGHTS } from '#lib/privacy/words.ts'
import { outcome } from '#lib/server/acts.ts'
import { field, need, refuseField } from '#lib/server/answers.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals: { api } }) => ({
  settings: (await need(api.GET('/api/v1/admin/settings'))).items,
})

const LANGUAGES = ['en', 'sw', 'fr'] as const

/** What the form of a setting says, in the shape that the setting takes; undefined: some language misses. */
function typedValue(form: FormData, kind: string): unknown {
  if (kind === 'switch') return form.get('value') === 'on'
  if (kind === 'line') return field(form, 'value').trim() || null
  if (kind === 'days') return Object.fromEntries(RIGHTS.map((right) => [right, Number(field(form, right))]))
  const texts = LANGUAGES.map((language) => [language, field(form, language).trim()] as const)
  const written = texts.filter(([, text]) => text !== '').length
  if (written === 0) return null
  return written < texts.length ? undefined : Object.fromEntries(texts)
}

export const actions: Actions = {
  async default({ locals, request }) {
    const form = await request.formData()
    const value = typedValue(form, field(form, 'kind'))
    if (value === undefined) {
      const missing = LANGUAGES.find((language) => field(form, language).trim() === '') ?? 'en'
      return refuseField(form, `value/${missing}`, 'in_every_language')
    }
    const path = { key: field(form, 'key') }
    return outcome(
      await locals.api.PUT('/api/v1/admin/settings/{key}', { params: { path }, body: { value } }),
      form,
    )
  },
}
