import { randomUUID } from 'node:crypto'
import type { Static } from 'typebox'
import type { Actor } from '../../platform/actor.ts'
import { wrapFound } from '../../platform/cache/index.ts'
import { decodeCursor, filterDigest, PAGE } from '../../platform/cursor.ts'
import { badRequest } from '../../platform/errors.ts'
import type { Task } from '../../platform/jobs/index.ts'
import { decimalFromMinor } from '../../platform/money.ts'
import type { Services } from '../../platform/services.ts'
import { FORGET_DIRECTORY } from '../identity/index.ts'
import { type CoachFilter, coachPage } from './queries/directory.ts'
import type { DirectoryQuery } from './schemas.ts'

/** §9.6, L3: computed results live fifteen minutes. */
const FRESH = { ttl: 900, stale: 60 }
const FIRST = ['-6', '-2147483648', '00000000-0000-0000-0000-000000000000'] as const

/**
 * P4 as JSON text: everyone finds public coaches, members also those for members only. First pages are cached, one
 * variant for each of the two. 400 `coach.currency_required` for a rate without its currency.
 */
export async function readDirectory(
  services: Services,
  actor: Actor | null,
  query: Static<typeof DirectoryQuery>,
): Promise<string> {
  const { cursor, limit = PAGE } = query
  const filter = filterOf(query)
  const digest = filterDigest(filter)
  const after = cursor ? decodeCursor(cursor, { sort: 'coach_rank', filter, length: 3 }) : FIRST
  const produce = async () => {
    const { statement, values } = coachPage(filter, { after, digest, show: limit })
    const { db } = services
    return (await (actor ? db.textAs(actor, statement, values) : db.text(statement, values))) ?? ''
  }
  if (cursor || limit !== PAGE || !isKept(filter)) return produce()
  const key = await directoryKey(services, `${actor ? 'members' : 'public'}:${digest}`)
  // Anybody can name skills and currencies that nobody has: pages without a coach are kept of countries alone.
  const keepsEmpty = filter.skill === undefined && filter.currency === undefined
  const found = await wrapFound(services.cache, key, FRESH, async () => {
    const page = await produce()
    return page === EMPTY && !keepsEmpty ? null : page
  })
  return found ?? EMPTY
}

/** Strangers choose the filters and must not choose how full the cache gets: rates and fractions of a rating are countless. */
function isKept({ min_rating = 0, max_rate }: CoachFilter): boolean {
  return max_rate === undefined && Number.isInteger(min_rating)
}

/** As PostgreSQL writes it. */
const EMPTY = '{"items" : [], "next_cursor" : null}'

/** After a commit that changed who stands in the directory, or how. Every filter's and coach's page is forgotten at once. */
export function forgetDirectory({ cache }: Pick<Services, 'cache'>): Promise<void> {
  return cache.forget(GENERATION)
}

/** Identity asks for it where what someone changes of themselves shows here. */
export const forgetDirectoryTask: Task = {
  name: FORGET_DIRECTORY,
  run: (_payload, { services }) => forgetDirectory(services),
}

/** The pages of all filters cannot be listed, so they carry the name of their generation, which can be forgotten. */
export async function directoryKey({ cache }: Pick<Services, 'cache'>, page: string): Promise<string> {
  const generation = await cache.wrap(GENERATION, { ttl: 86_400 }, async () => randomUUID())
  return `coaches:${generation}:${page}`
}

const GENERATION = 'coaches:generation'

function filterOf({ skill, country, min_rating, max_rate, currency }: Static<typeof DirectoryQuery>) {
  const filter: CoachFilter = {
    ...(skill !== undefined && { skill }),
    ...(country !== undefined && { country }),
    ...(min_rating && { min_rating }),
    ...(currency !== undefined && { currency }),
  }
  if (max_rate === undefined) return filter
  if (currency === undefined) {
    const detail = 'max_rate is in minor units of a currency; name it.'
    throw badRequest('coach.currency_required', detail, '/query/currency')
  }
  return { ...filter, max_rate: decimalFromMinor(max_rate, currency) }
}
