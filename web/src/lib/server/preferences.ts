import type { Cookies } from '@sveltejs/kit'
import { isLocale, type Locale } from '#lib/i18n/locale.ts'
import { isTheme, type Theme } from '#lib/theme.ts'

export const LANGUAGE_COOKIE = 'lang'
export const THEME_COOKIE = 'theme'
export const ZONE_COOKIE = 'zone'

const HOME_ZONE = 'Africa/Nairobi'

type Preferences = { readonly locale: Locale | null; readonly theme: Theme; readonly zone: string }

/** What this browser likes, signed in or not. */
export function preferences(cookies: Cookies): Preferences {
  const locale = cookies.get(LANGUAGE_COOKIE)
  const theme = cookies.get(THEME_COOKIE)
  const zone = cookies.get(ZONE_COOKIE)
  return {
    locale: isLocale(locale) ? locale : null,
    theme: isTheme(theme) ? theme : 'auto',
    zone: zone !== undefined && isZone(zone) ? zone : HOME_ZONE,
  }
}

const YEAR_SECONDS = 31_536_000

export function keep(cookies: Cookies, name: string, value: string): void {
  cookies.set(name, value, { maxAge: YEAR_SECONDS, sameSite: 'lax', httpOnly: true })
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
