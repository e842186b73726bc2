import type { paths } from '#lib/api/generated/openapi.d.ts'

export type CatalogueQuery = NonNullable<paths['/api/v1/programs']['get']['parameters']['query']>

const CHOICES = {
  level: ['beginner', 'intermediate', 'advanced'],
  language: ['en', 'sw', 'fr'],
  pricing: ['free', 'one_time', 'subscription'],
} as const

/**
 * What an address of the catalogue asks for. Choices that there are not, and empty fields of its form, ask for nothing:
 * a link that somebody has mistyped still shows programs.
 */
export function catalogueQuery(params: URLSearchParams): CatalogueQuery {
  const text = (name: string, longest: number) => params.get(name)?.trim().slice(0, longest) || undefined
  const choice = <T extends string>(name: string, values: readonly T[]) =>
    values.find((value) => value === params.get(name))
  const query = {
    q: text('q', 200),
    category: text('category', 100),
    level: choice('level', CHOICES.level),
    language: choice('language', CHOICES.language),
    pricing: choice('pricing', CHOICES.pricing),
    cursor: text('cursor', 1000),
  }
  return Object.fromEntries(
    Object.entries(query).filter(([, value]) => value !== undefined),
  ) as CatalogueQuery
}

/** The address of the catalogue with this query, from its `?` on. */
export function catalogueSearch(query: CatalogueQuery): string {
  const search = new URLSearchParams(
    Object.entries(query).map(([name, value]) => [name, String(value)]),
  ).toString()
  return search === '' ? '' : `?${search}`
}
