import type { Actor } from '../../platform/actor.ts'
import { wrapFound } from '../../platform/cache/index.ts'
import { decodeCursor, filterDigest, LAST_ID, PAGE } from '../../platform/cursor.ts'
import { pageSize, type Statement } from '../../platform/db/index.ts'
import { notFound } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { directoryKey } from './directory.ts'
import { COACH, RENAMED_COACH, reviewPage } from './queries/coach.ts'

/** Each booking moves the next free day, so even when nobody forgets the page, it is never older than this. */
const FRESH = { ttl: 15 }
const NEWEST = ['infinity', LAST_ID] as const

/** `isPublic`: the same for every reader. `movedTo`: what the coach is called now. */
type CoachPage = { readonly text: string; readonly isPublic: boolean } | { readonly movedTo: string }

/** A coach's page. What everybody sees comes from the cache, members-only coaches are read. 404 `coach.not_found`. */
export async function readCoach(
  services: Services,
  actor: Actor | null,
  username: string,
): Promise<CoachPage> {
  const key = await directoryKey(services, `page:${username.toLowerCase()}`)
  const { db, cache } = services
  const shown = await wrapFound(cache, key, FRESH, () => db.text(COACH, [username]))
  if (shown !== null) return { text: shown, isPublic: true }
  const own = actor && (await db.textAs(actor, COACH, [username]))
  if (own !== null) return { text: own, isPublic: false }
  const movedTo = await readAs(services, actor, RENAMED_COACH, [username])
  if (movedTo === null) throw notFound('coach')
  return { movedTo }
}

type ReviewsRequest = { cursor?: string; limit?: number }

/** What a coach's mentees let everybody read, newest first, as JSON text. 404 `coach.not_found`. */
export async function readReviews(
  services: Services,
  actor: Actor | null,
  username: string,
  { cursor, limit = PAGE }: ReviewsRequest,
): Promise<string> {
  const filter = { username: username.toLowerCase() }
  const after = cursor ? decodeCursor(cursor, { sort: 'created_at', filter, length: 2 }) : NEWEST
  const values = [username, ...after, filterDigest(filter), limit]
  const text = await readAs(services, actor, reviewPage(pageSize(limit)), values)
  if (text === null) throw notFound('coach')
  return text
}

function readAs(
  { db }: Services,
  actor: Actor | null,
  statement: Statement,
  values: readonly unknown[],
): Promise<string | null> {
  return actor ? db.textAs(actor, statement, values) : db.text(statement, values)
}
