import { redirect } from '@sveltejs/kit'
import { isLocale, localized, splitLocale } from '#lib/i18n/locale.ts'
import { ownPath } from '#lib/server/own-path.ts'
import { keep, LANGUAGE_COOKIE, THEME_COOKIE } from '#lib/server/preferences.ts'
import { isTheme } from '#lib/theme.ts'
import type { RequestHandler } from './$types'

/** Language and theme of this browser, from the foot of every page; then back to that page. */
export const POST: RequestHandler = async ({ request, cookies, url }) => {
  const form = await request.formData()
  const back = new URL(ownPath(form.get('to')), url)
  const theme = form.get('theme')
  if (isTheme(theme)) keep(cookies, THEME_COOKIE, theme)
  const lang = form.get('lang')
  if (isLocale(lang)) {
    keep(cookies, LANGUAGE_COOKIE, lang)
    back.pathname = localized(lang, splitLocale(back.pathname).path)
  }
  throw redirect(303, back.pathname + back.search)
}
