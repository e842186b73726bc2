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
    zone: (zone !== undefined && zoneOf(zone)) || HOME_ZONE,
  }
}

const YEAR_SECONDS = 31_536_000

export function keep(cookies: Cookies, name: string, value: string): void {
  cookies.set(name, value, { maxAge: YEAR_SECONDS, sameSite: 'lax', httpOnly: true })
}

const zones = new Map<string, string | null>()
const MOST_ZONES = 1000

/** The name as it is listed, whatever its case was: formats are kept by it. Null: no zone. */
function zoneOf(name: string): string | null {
  const known = zones.get(name)
  if (known !== undefined) return known
  const zone = resolved(name)
  if (zones.size < MOST_ZONES) zones.set(name, zone)
  return zone
}

function resolved(timeZone: string): string | null {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone
  } catch {
    return null
  }
}
