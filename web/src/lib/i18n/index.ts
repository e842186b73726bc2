import { getLocale } from '#lib/paraglide/runtime.js'
import { type Locale, localized } from './locale.ts'

/** The address of one of our paths in the language of this page. */
export function href(path: string): string {
  return localized(getLocale(), path)
}

/** Dates and numbers as they are written where most of a language's readers are. */
const REGIONS: Readonly<Record<Locale, string>> = { en: 'en-KE', sw: 'sw-KE', fr: 'fr-SN' }

export function region(): string {
  return REGIONS[getLocale()]
}

const MOST_FORMATS = 2000
const formats = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>()

/** Making a format costs a hundred times what using it does. */
function kept<F extends Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>(
  kind: string,
  options: object,
  make: () => F,
): F {
  const key = `${kind}${region()}${JSON.stringify(options)}`
  const known = formats.get(key)
  if (known !== undefined) return known as F
  // People's zones are many: what is rarely asked for goes with the rest.
  if (formats.size > MOST_FORMATS) formats.clear()
  const made = make()
  formats.set(key, made)
  return made
}

export function number(value: number, options: Intl.NumberFormatOptions = {}): string {
  return kept('number', options, () => new Intl.NumberFormat(region(), options)).format(value)
}

export function percent(value: number): string {
  return number(value / 100, { style: 'percent', maximumFractionDigits: 0 })
}

/** 1,234,567 → 1.2M: for counts that nobody reads to the last digit. */
export function count(value: number): string {
  return number(value, { notation: 'compact', maximumFractionDigits: 1 })
}

export type Money = { readonly amount_minor: number; readonly currency: string }

/** `KES 1,500`; cents only where there are any. */
export function money({ amount_minor, currency }: Money): string {
  const digits = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions()
    .maximumFractionDigits
  const whole = amount_minor % 10 ** (digits ?? 2) === 0
  return number(amount_minor / 10 ** (digits ?? 2), {
    style: 'currency',
    currency,
    currencyDisplay: 'code',
    ...(whole && { minimumFractionDigits: 0, maximumFractionDigits: 0 }),
  })
}

const STYLES = {
  date: { dateStyle: 'medium' },
  long: { dateStyle: 'full' },
  time: { timeStyle: 'short' },
  moment: { dateStyle: 'medium', timeStyle: 'short' },
  day: { weekday: 'short', day: 'numeric', month: 'short' },
  month: { month: 'long', year: 'numeric' },
} satisfies Record<string, Intl.DateTimeFormatOptions>

/** A moment (ISO 8601) in somebody's zone. */
export function date(iso: string, zone: string, style: keyof typeof STYLES = 'date'): string {
  const options = { ...STYLES[style], timeZone: zone }
  return kept('date', options, () => new Intl.DateTimeFormat(region(), options)).format(new Date(iso))
}

const UNITS = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const

/** `3 days ago`, `in 2 hours`. */
export function relative(iso: string, now = Date.now()): string {
  const seconds = (new Date(iso).getTime() - now) / 1000
  const [unit, length] = UNITS.find(([, least]) => Math.abs(seconds) >= least) ?? (['minute', 60] as const)
  const options = { numeric: 'auto' } as const
  return kept('relative', options, () => new Intl.RelativeTimeFormat(region(), options)).format(
    Math.round(seconds / length),
    unit,
  )
}

export function languageName(code: string): string {
  return new Intl.DisplayNames(region(), { type: 'language' }).of(code) ?? code
}

export function countryName(code: string): string {
  return new Intl.DisplayNames(region(), { type: 'region' }).of(code) ?? code
}
