import { countryName } from '#lib/i18n/index.ts'
import { m } from '#lib/paraglide/messages.js'

/** `Accra, Ghana`, of what a coach filled in. */
export function townOf(location: unknown): string {
  if (typeof location !== 'object' || location === null) return ''
  const { city, country } = location as { city?: unknown; country?: unknown }
  const land = typeof country === 'string' && /^[A-Z]{2}$/.test(country) ? countryName(country) : country
  return [city, land].filter((part) => typeof part === 'string' && part !== '').join(', ')
}

/** Names, of a list that may hold anything. */
export function namesOf(list: unknown): string[] {
  return Array.isArray(list) ? list.filter((one): one is string => typeof one === 'string') : []
}

export function availabilityOf(
  status: string | null,
): { text: string; kind: 'good' | 'warn' | 'plain' } | null {
  switch (status) {
    case 'available':
      return { text: m.coaches_available(), kind: 'good' }
    case 'busy':
      return { text: m.coaches_busy(), kind: 'warn' }
    case 'away':
      return { text: m.coaches_away(), kind: 'plain' }
    default:
      return null
  }
}
