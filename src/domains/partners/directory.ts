import type { Static } from 'typebox'
import type { Actor } from '../../platform/actor.ts'
import { wrapFound } from '../../platform/cache/index.ts'
import { decodeCursor, filterDigest, PAGE } from '../../platform/cursor.ts'
import { pageSize } from '../../platform/db/index.ts'
import { notFound } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { MOVED_PARTNER, PARTNER, PARTNERS_OF, partnerPage } from './queries/partners.ts'
import type { PartnersQuery } from './schemas.ts'

/** Staff change partners seldom, and everybody sees it within a minute. */
const FRESH = { ttl: 60, stale: 30 }
const FIRST = ['-1', '', '00000000-0000-0000-0000-000000000000'] as const

/** The active partners as JSON text, featured ones first. First pages of all, or of a type, are cached. */
export function readPartners(
  { db, cache }: Services,
  request: Static<typeof PartnersQuery>,
): Promise<string> {
  const { cursor, limit = PAGE, type, country } = request
  const filter = { type, country }
  const after = cursor ? decodeCursor(cursor, { sort: 'partner_name', filter, length: 3 }) : FIRST
  const values = [...after, filterDigest(filter), limit, type ?? null, country ?? null]
  const produce = async () => (await db.text(partnerPage(pageSize(limit)), values)) ?? ''
  const isCached = !cursor && limit === PAGE && country === undefined
  return isCached ? cache.wrap(`partners:list:${type ?? 'all'}`, FRESH, produce) : produce()
}

/** An active partner as JSON text, or the address it has moved to. 404 `partner.not_found`. */
export async function readPartner(
  { db, cache }: Services,
  slug: string,
): Promise<{ readonly text: string } | { readonly movedTo: string }> {
  const text = await wrapFound(cache, `partners:page:${slug}`, FRESH, () => db.text(PARTNER, [slug]))
  if (text !== null) return { text }
  const movedTo = await db.text(MOVED_PARTNER, [slug])
  if (movedTo === null) throw notFound('partner')
  return { movedTo }
}

/** For which partners the actor acts, in which role, as JSON text. */
export async function readOwnPartners({ db }: Services, actor: Actor): Promise<string> {
  return (await db.textAs(actor, PARTNERS_OF, [actor.userId])) ?? ''
}
