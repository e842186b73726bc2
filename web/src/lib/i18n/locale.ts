export const LOCALES = ['en', 'sw', 'fr'] as const
export type Locale = (typeof LOCALES)[number]
export const BASE: Locale = 'en'

/** What each calls itself. */
export const LOCALE_NAMES: Readonly<Record<Locale, string>> = {
  en: 'English',
  sw: 'Kiswahili',
  fr: 'Français',
}

/** `/sw/programs` → sw and `/programs`. English stands at the root. */
export function splitLocale(pathname: string): { readonly locale: Locale; readonly path: string } {
  const [, first = ''] = pathname.split('/', 2)
  if (first === BASE || !isLocale(first)) return { locale: BASE, path: pathname }
  return { locale: first, path: pathname.slice(first.length + 1) || '/' }
}

/** The address of one of our paths in a language. */
export function localized(locale: Locale, path: string): string {
  if (locale === BASE) return path
  return path === '/' ? `/${locale}` : `/${locale}${path}`
}

export function isLocale(text: unknown): text is Locale {
  return LOCALES.some((locale) => locale === text)
}

/** The first of ours in an Accept-Language header, by its weights; null: none of them. */
export function preferred(header: string | null): Locale | null {
  const wanted = (header ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', weight] = part.trim().split(/;\s*q=/)
      return { language: tag.slice(0, 2).toLowerCase(), weight: weight === undefined ? 1 : Number(weight) }
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
  return wanted.map(({ language }) => language).find(isLocale) ?? null
}
