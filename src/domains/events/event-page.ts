import type { Actor } from '../../platform/actor.ts'
import { AppError, notFound } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { EVENT, MOVED_EVENT } from './queries.ts'

/** People decide to come by what they see here, so even when nobody forgets it, it is never older than this. */
const FRESH = { ttl: 15 }

/** `shared`: the same for every reader. `movedTo`: the event's present address. */
export type EventPage = { readonly json: string; readonly shared: boolean } | { readonly movedTo: string }

/**
 * P5. What everybody may see is cached for 15 seconds; a draft is read for its organizers and staff alone. 404 `event.not_found`.
 */
export async function readEvent(services: Services, actor: Actor | null, slug: string): Promise<EventPage> {
  const { db } = services
  const json = await publicPage(services, slug)
  if (json !== null) return { json, shared: true }
  const draft = actor && (await db.textAs(actor, EVENT, [slug]))
  if (draft !== null) return { json: draft, shared: false }
  const movedTo = await (actor ? db.textAs(actor, MOVED_EVENT, [slug]) : db.text(MOVED_EVENT, [slug]))
  if (movedTo === null) throw notFound('event')
  return { movedTo }
}

/** Null is thrown past the cache: it keeps only pages, never strangers' guesses. */
async function publicPage({ db, cache }: Services, slug: string): Promise<string | null> {
  try {
    return await cache.wrap(eventKey(slug), FRESH, async () => {
      const page = await db.text(EVENT, [slug])
      if (page === null) throw notFound('event')
      return page
    })
  } catch (error) {
    if (error instanceof AppError && error.status === 404) return null
    throw error
  }
}

/** After a commit that changed what an event shows: a registration, a ticket, its text, its status, its address (both). */
export function forgetEvent({ cache }: Pick<Services, 'cache'>, ...slugs: readonly string[]): Promise<void> {
  return cache.forget(...slugs.map(eventKey))
}

function eventKey(slug: string): string {
  return `event:page:${slug}`
}
