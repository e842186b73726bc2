import type { Api } from '#lib/api/client.ts'
import { LOCALES, localized } from '#lib/i18n/locale.ts'

type Place = { readonly path: string; readonly changed?: string | null }
type Page<T> = { readonly items: readonly T[]; readonly next_cursor: string | null }

const PAGE = 100
/** Of a list; a sitemap may hold fifty thousand addresses. */
const MOST_PAGES = 100

export const PARTS = ['pages', 'programs', 'events', 'coaches', 'partners', 'posts'] as const
export type Part = (typeof PARTS)[number]

/** Every address of a part in every language, each naming the others (https://www.sitemaps.org). */
export async function sitemapOf(api: Api, part: Part, origin: string): Promise<string> {
  const places = await placesOf(api, part)
  const entries = places.flatMap(({ path, changed }) => {
    const alternates = [
      ...LOCALES.map((locale) => [locale, locale] as const),
      ['x-default', 'en'] as const,
    ].map(
      ([language, locale]) =>
        `<xhtml:link rel="alternate" hreflang="${language}" href="${escaped(origin + localized(locale, path))}"/>`,
    )
    return LOCALES.map(
      (locale) =>
        `<url><loc>${escaped(origin + localized(locale, path))}</loc>${
          changed ? `<lastmod>${changed.slice(0, 10)}</lastmod>` : ''
        }${alternates.join('')}</url>`,
    )
  })
  return `<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">
${entries.join('\n')}
</urlset>
`
}

export function sitemapIndex(origin: string): string {
  const maps = PARTS.map(
    (part) => `<sitemap><loc>${escaped(`${origin}/sitemap-${part}.xml`)}</loc></sitemap>`,
  )
  return `<?xml version="1.0" encoding="UTF-8"?>
<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
${maps.join('\n')}
</sitemapindex>
`
}

const PAGES = [
  '/',
  '/programs',
  '/coaches',
  '/events',
  '/community',
  '/partners',
  '/help',
  '/legal/terms',
  '/legal/privacy',
]

async function placesOf(api: Api, part: Part): Promise<readonly Place[]> {
  switch (part) {
    case 'pages':
      return PAGES.map((path) => ({ path }))
    case 'programs':
      return walk(
        (query) => api.GET('/api/v1/programs', { params: { query } }),
        ({ slug }) => ({ path: `/programs/${slug}` }),
      )
    case 'events': {
      const event = ({ slug }: { slug: string }) => ({ path: `/events/${slug}` })
      const lists = (['upcoming', 'past'] as const).map((when) =>
        walk((query) => api.GET('/api/v1/events', { params: { query: { ...query, when } } }), event),
      )
      return (await Promise.all(lists)).flat()
    }
    case 'coaches':
      return walk(
        (query) => api.GET('/api/v1/coaches', { params: { query } }),
        ({ username }) => (username ? { path: `/coaches/${username}` } : null),
      )
    case 'partners':
      return walk(
        (query) => api.GET('/api/v1/partners', { params: { query } }),
        ({ slug }) => ({ path: `/partners/${slug}` }),
      )
    case 'posts':
      return walk(
        (query) => api.GET('/api/v1/posts', { params: { query } }),
        ({ post_id, updated_at }) => ({ path: `/community/${post_id}`, changed: updated_at }),
      )
  }
}

/** A list from its beginning, as far as it can be had. */
async function walk<T>(
  ask: (query: { limit: number; cursor?: string }) => Promise<{ data?: Page<T> }>,
  placeOf: (item: T) => Place | null,
): Promise<Place[]> {
  const places: Place[] = []
  let cursor: string | null = null
  for (let page = 0; page < MOST_PAGES; page++) {
    const { data }: { data?: Page<T> } = await ask({ limit: PAGE, ...(cursor !== null && { cursor }) })
    if (!data) throw new Error('a list of the sitemap could not be read')
    places.push(...data.items.map(placeOf).filter((place) => place !== null))
    cursor = data.next_cursor
    if (cursor === null) break
  }
  return places
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
