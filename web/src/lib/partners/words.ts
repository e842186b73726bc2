import type { ItemOf } from '#lib/api/types.ts'
import { countryName } from '#lib/i18n/index.ts'
import { m } from '#lib/paraglide/messages.js'

export type PartnerData = ItemOf<'/api/v1/partners'>

export const TYPES = ['corporate', 'academic', 'ngo', 'government', 'cec_franchise', 'sponsor'] as const

const TYPE_NAMES: Readonly<Record<PartnerData['partner_type'], () => string>> = {
  corporate: m.partners_type_corporate,
  academic: m.partners_type_academic,
  ngo: m.partners_type_ngo,
  government: m.partners_type_government,
  cec_franchise: m.partners_type_cec_franchise,
  sponsor: m.partners_type_sponsor,
}

export function typeName(type: PartnerData['partner_type']): string {
  return TYPE_NAMES[type]()
}

const TIERS: Readonly<Record<string, () => string>> = {
  platinum: m.partners_tier_platinum,
  gold: m.partners_tier_gold,
  silver: m.partners_tier_silver,
  bronze: m.partners_tier_bronze,
}

export function tierName(tier: string | null): string | null {
  return (tier !== null && TIERS[tier]?.()) || null
}

export function homeOf({ headquarters }: PartnerData): string {
  const country = headquarters?.country
  return [headquarters?.city, country && placeName(country)].filter(Boolean).join(', ')
}

/** Countries by their codes, and whatever else is named. */
export function regionsOf({ operating_regions }: PartnerData): string[] {
  const list = Array.isArray(operating_regions) ? operating_regions : []
  return list.filter((one): one is string => typeof one === 'string').map(placeName)
}

function placeName(code: string): string {
  return /^[A-Z]{2}$/.test(code) ? countryName(code) : code
}

/** Only what a browser opens safely. */
export function websiteOf({ website_url }: PartnerData): { href: string; host: string } | null {
  if (website_url === null || !URL.canParse(website_url)) return null
  const url = new URL(website_url)
  return /^https?:$/.test(url.protocol) ? { href: url.href, host: url.host.replace(/^www\./, '') } : null
}
