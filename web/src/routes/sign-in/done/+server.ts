import { redirect } from '@sveltejs/kit'
import { isLocale, localized, splitLocale } from '#lib/i18n/locale.ts'
import { optional } from '#lib/server/answers.ts'
import { ownPath } from '#lib/server/own-path.ts'
import { keep, LANGUAGE_COOKIE, THEME_COOKIE, ZONE_COOKIE } from '#lib/server/preferences.ts'
import { isTheme } from '#lib/theme.ts'
import type { RequestHandler } from './$types'

/** Every sign-in ends here: where this browser has no choice of its own, it takes over the account's; then on. */
export const GET: RequestHandler = async ({ locals, cookies, url }) => {
  const settings = await optional(locals.api.GET('/api/v1/me/settings'))
  const { path, locale } = splitLocale(ownPath(url.searchParams.get('to'), '/dashboard'))
  const chosen = cookies.get(LANGUAGE_COOKIE)
  const language = isLocale(chosen) ? chosen : (settings?.language ?? locale)
  if (isLocale(language)) keep(cookies, LANGUAGE_COOKIE, language)
  // Every account begins as light: that is nobody's choice yet.
  const theme = settings?.theme
  if (cookies.get(THEME_COOKIE) === undefined && isTheme(theme) && theme !== 'light')
    keep(cookies, THEME_COOKIE, theme)
  if (settings?.timezone) keep(cookies, ZONE_COOKIE, settings.timezone)
  throw redirect(303, localized(isLocale(language) ? language : locale, path))
}
