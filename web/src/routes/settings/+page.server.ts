import { redirect } from '@sveltejs/kit'
import { commonZones } from '#lib/account/places.ts'
import { isLocale, localized, splitLocale } from '#lib/i18n/locale.ts'
import { field, need } from '#lib/server/answers.ts'
import { keep, LANGUAGE_COOKIE, THEME_COOKIE, ZONE_COOKIE } from '#lib/server/preferences.ts'
import { signedIn } from '#lib/server/signed-in.ts'
import { refusedField, refusedIn } from '#lib/server/which.ts'
import { isTheme } from '#lib/theme.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  const { full_name, username } = await signedIn(event)
  const settings = await need(event.locals.api.GET('/api/v1/me/settings'))
  return {
    names: { full_name, username },
    settings,
    zones: commonZones(),
    isSaved: event.url.searchParams.has('saved'),
  }
}

export const actions: Actions = {
  names: async ({ locals, request }) => {
    const form = await request.formData()
    const username = field(form, 'username').trim()
    const body = { full_name: field(form, 'full_name'), ...(username !== '' && { username }) }
    const answer = await locals.api.PATCH('/api/v1/me/account', { body })
    return answer.error ? refusedIn('names', answer, form) : { which: 'names' as const, done: true }
  },

  display: async ({ locals, request, cookies, url }) => {
    const form = await request.formData()
    const [language, theme] = [field(form, 'language'), field(form, 'theme')]
    const [timezone, currency] = [field(form, 'timezone').trim(), field(form, 'currency')]
    if (!isLocale(language) || !isTheme(theme)) return refusedField('display', form, 'language', 'choice')
    const body = { language, theme, timezone, currency }
    const answer = await locals.api.PATCH('/api/v1/me/settings', { body })
    if (answer.error) return refusedIn('display', answer, form)
    keep(cookies, LANGUAGE_COOKIE, language)
    keep(cookies, THEME_COOKIE, theme)
    keep(cookies, ZONE_COOKIE, timezone)
    throw redirect(303, `${localized(language, splitLocale(url.pathname).path)}?saved`)
  },
}
