import type { Actor } from '../../platform/actor.ts'
import { wrapFound } from '../../platform/cache/index.ts'
import { decodeCursor, filterDigest, LAST_ID, PAGE } from '../../platform/cursor.ts'
import { pageSize } from '../../platform/db/index.ts'
import { notFound } from '../../platform/errors.ts'
import { LANGUAGES } from '../../platform/languages.ts'
import type { Services } from '../../platform/services.ts'
import { PROGRAM_FILTERS, type ProgramFilter, popularPage, searchPage, slugsOf } from './queries/catalogue.ts'
import { PROGRAM_FACETS } from './queries/facets.ts'
import { PROGRAM, PROGRAM_MOVED_TO } from './queries/program.ts'
import { LEVELS, PRICINGS } from './schemas/programs.ts'

/** §9.6, L2: hot data lives an hour; what changes a program forgets it at once. */
const FRESH = { ttl: 3600, stale: 60 }
const MOST_POPULAR = ['2147483647', LAST_ID] as const
const FACETS_KEY = 'program_facets'
const BEST = ['Infinity', LAST_ID] as const

type Filters = { [filter in ProgramFilter]?: string | undefined }
type CatalogueRequest = Filters & { q?: string; cursor?: string; limit?: number }

/** The published programs, popular first, or what was searched for, best first. First pages without a search are cached. */
export function readPrograms(services: Services, request: CatalogueRequest): Promise<string> {
  return request.q === undefined ? readPopular(services, request) : search(services, request, request.q)
}

/** What the catalogue may be filtered by, with counts over all that is published, as JSON text. */
export function readFacets({ db, cache }: Services): Promise<string> {
  return cache.wrap(FACETS_KEY, FRESH, async () => (await db.text(PROGRAM_FACETS, [])) ?? '')
}

function readPopular({ db, cache }: Services, request: CatalogueRequest): Promise<string> {
  const { cursor, limit = PAGE } = request
  const { filter, names, values } = filtersOf(request)
  const key = cursor ? decodeCursor(cursor, { sort: 'enrollment_count', filter, length: 2 }) : MOST_POPULAR
  const produce = async () =>
    (await db.text(popularPage(pageSize(limit), names), [limit, ...key, filterDigest(filter), ...values])) ??
    ''
  // Categories are free text: strangers could fill the cache with names of their own.
  const isCached = !cursor && limit === PAGE && request.category === undefined
  return isCached ? cache.wrap(listKey(request), FRESH, produce) : produce()
}

function search({ db }: Services, request: CatalogueRequest, q: string): Promise<string> {
  const { cursor, limit = PAGE } = request
  const { filter, names, values } = filtersOf(request)
  const found = { ...filter, q }
  const key = cursor ? decodeCursor(cursor, { sort: 'rank', filter: found, length: 2 }) : BEST
  return searchPage(db.anonymous, pageSize(limit), names, [limit, ...key, filterDigest(found), q, ...values])
}

function filtersOf(request: Filters): { filter: Filters; names: ProgramFilter[]; values: string[] } {
  const given = PROGRAM_FILTERS.flatMap((name) => {
    const value = request[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return {
    filter: Object.fromEntries(given),
    names: given.map(([name]) => name),
    values: given.map(([, value]) => value),
  }
}

/** `isPublic`: the same for every reader. `movedTo`: the program's present slug. */
type ProgramPage = { readonly text: string; readonly isPublic: boolean } | { readonly movedTo: string }

/**
 * A program's page: what everybody sees, from the cache; what only this actor sees (a draft that they teach, anything
 * for staff); or the slug that it has moved to. 404 `program.not_found`.
 */
export async function readProgram(
  { db, cache }: Services,
  actor: Actor | null,
  slug: string,
): Promise<ProgramPage> {
  const published = await wrapFound(cache, programKey(slug), FRESH, () => db.text(PROGRAM, [slug]))
  if (published !== null) return { text: published, isPublic: true }
  const own = actor && (await db.textAs(actor, PROGRAM, [slug]))
  if (own !== null) return { text: own, isPublic: false }
  const movedTo = await (actor
    ? db.textAs(actor, PROGRAM_MOVED_TO, [slug])
    : db.text(PROGRAM_MOVED_TO, [slug]))
  if (movedTo === null) throw notFound('program')
  return { movedTo }
}

/** After a commit that changed what these programs' pages or the lists show, folded counters included. */
export async function forgetPrograms(
  { db, cache }: Pick<Services, 'db' | 'cache'>,
  ...programIds: readonly string[]
): Promise<void> {
  if (programIds.length === 0) return
  const slugs = await slugsOf(db.anonymous, programIds)
  await cache.forget(...slugs.map(programKey), ...LIST_KEYS, FACETS_KEY)
}

function programKey(slug: string): string {
  return `program:${slug}`
}

function listKey({ level, language, pricing }: Filters): string {
  return `programs:${level ?? 'all'}:${language ?? 'all'}:${pricing ?? 'all'}`
}

/** Every list that may be cached: a change may take a program out of one and into another. */
const LIST_KEYS = [undefined, ...LEVELS].flatMap((level) =>
  [undefined, ...LANGUAGES].flatMap((language) =>
    [undefined, ...PRICINGS].map((pricing) => listKey({ level, language, pricing })),
  ),
)
