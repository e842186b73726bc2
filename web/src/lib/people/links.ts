/** What people fill in is JSON of any shape, also from before there were rules: only what has the form of ours is shown. */
export type Item = {
  readonly title: string
  readonly url: string | null
  readonly type: string
  readonly description: string | null
  readonly asset_id: string | null
}
export type Certification = {
  readonly name: string
  readonly issuer: string
  readonly date: string | null
  readonly credential_id: string | null
  readonly url: string | null
}

export const NETWORKS = [
  'website',
  'linkedin',
  'instagram',
  'facebook',
  'twitter',
  'youtube',
  'tiktok',
  'whatsapp',
] as const
export type Network = (typeof NETWORKS)[number]

export const NETWORK_NAMES: Readonly<Record<Network, string>> = {
  website: 'Web',
  linkedin: 'LinkedIn',
  instagram: 'Instagram',
  facebook: 'Facebook',
  twitter: 'X',
  youtube: 'YouTube',
  tiktok: 'TikTok',
  whatsapp: 'WhatsApp',
}

export function linksOf(value: unknown): readonly { network: Network; url: string }[] {
  const record = isRecord(value) ? value : {}
  return NETWORKS.flatMap((network) => {
    const url = link(record[network])
    return url === null ? [] : [{ network, url }]
  })
}

export function portfolioOf(value: unknown): Item[] {
  return records(value).flatMap((one) => {
    const title = text(one.title)
    if (title === null) return []
    return [
      {
        title,
        url: link(one.url),
        type: text(one.type) ?? 'other',
        description: text(one.description),
        asset_id: text(one.asset_id),
      },
    ]
  })
}

export function certificationsOf(value: unknown): Certification[] {
  return records(value).flatMap((one) => {
    const name = text(one.name)
    if (name === null) return []
    return [
      {
        name,
        issuer: text(one.issuer) ?? '',
        date: text(one.date),
        credential_id: text(one.credential_id),
        url: link(one.url),
      },
    ]
  })
}

export type Place = { readonly country: string | null; readonly city: string | null }

export function placeOf(value: unknown): Place {
  const record = isRecord(value) ? value : {}
  const country = text(record.country)
  return { country: country !== null && /^[A-Z]{2}$/.test(country) ? country : null, city: text(record.city) }
}

/** The storage key of a picture of a portfolio. */
export function portfolioKey(assetId: string): string {
  return `public/portfolio/${assetId}/960.webp`
}

function records(value: unknown): readonly Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : []
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

/** Nothing but https leads out of a profile. */
function link(value: unknown): string | null {
  const url = text(value)
  return url !== null && /^https:\/\//i.test(url) && URL.canParse(url) ? url : null
}
