import type { Actor } from '../../platform/actor.ts'
import { wrapFound } from '../../platform/cache/index.ts'
import { notFound } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { LIST_KEYS } from './listing.ts'
import { EVENT, MOVED_EVENT } from './queries/event.ts'

/** People decide to come by what they see here, so even when nobody forgets it, it is never older than this. */
const FRESH = { ttl: 15 }

/** `isPublic`: the same for every reader. `movedTo`: the event's present address. */
type EventPage = { readonly text: string; readonly isPublic: boolean } | { readonly movedTo: string }

/** P5. What everybody sees comes from the cache; a draft is read for its organizers and staff. 404 `event.not_found`. */
export async function readEvent(
  { db, cache }: Services,
  actor: Actor | null,
  slug: string,
): Promise<EventPage> {
  const published = await wrapFound(cache, eventKey(slug), FRESH, () => db.text(EVENT, [slug]))
  if (published !== null) return { text: published, isPublic: true }
  const draft = actor && (await db.textAs(actor, EVENT, [slug]))
  if (draft !== null) return { text: draft, isPublic: false }
  const movedTo = await (actor ? db.textAs(actor, MOVED_EVENT, [slug]) : db.text(MOVED_EVENT, [slug]))
  if (movedTo === null) throw notFound('event')
  return { movedTo }
}

/** After a commit that changed what an event shows: a registration, a ticket, its text, its status, its address (both). */
export function forgetEvent({ cache }: Pick<Services, 'cache'>, ...slugs: readonly string[]): Promise<void> {
  return cache.forget(...slugs.map(eventKey), ...LIST_KEYS)
}

function eventKey(slug: string): string {
  return `event:page:${slug}`
}
