import type { paths } from '#lib/api/generated/openapi.d.ts'
import { filtersOf } from '#lib/find/address.ts'

type Query = NonNullable<paths['/api/v1/coaches']['get']['parameters']['query']>
export type CoachFilters = Record<(typeof NAMES)[number], string>

const NAMES = ['skill', 'country', 'min_rating', 'max_rate', 'currency'] as const
export const CURRENCIES = [
  'KES',
  'TZS',
  'UGX',
  'RWF',
  'NGN',
  'GHS',
  'XOF',
  'ZAR',
  'EGP',
  'ETB',
  'USD',
] as const

export function coachFilters(url: URL): CoachFilters {
  return filtersOf(url, NAMES)
}

/** What an address asks for, as the API is asked. A price is typed in whole units. */
export function coachQuery(filters: CoachFilters, cursor: string | null): Query {
  const { skill, country, min_rating, max_rate } = filters
  const rating = Number(min_rating)
  const currency = CURRENCIES.find((one) => one === filters.currency) ?? 'KES'
  const rate = Math.round(Number(max_rate) * 10 ** digitsOf(currency))
  return {
    ...(skill && { skill: skill.slice(0, 100) }),
    ...(/^[A-Z]{2}$/.test(country) && { country }),
    ...(rating > 0 && rating <= 5 && { min_rating: rating }),
    ...(max_rate && rate >= 0 && rate <= 999_999_999_999 && { max_rate: rate, currency }),
    ...(cursor && { cursor }),
  }
}

function digitsOf(currency: string): number {
  return (
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
  )
}
