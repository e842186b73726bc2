import type { Actor } from '../../platform/actor.ts'
import { decodeCursor, filterDigest, LAST_ID, PAGE } from '../../platform/cursor.ts'
import { pageSize } from '../../platform/db/index.ts'
import type { Task } from '../../platform/jobs/index.ts'
import type { Services } from '../../platform/services.ts'
import { FORGET_FEEDS, hearsEverybody } from '../identity/index.ts'
import { feedPage } from './queries/posts.ts'
import { CATEGORIES } from './schemas/posts.ts'

/** §9.6, L3: computed results live fifteen minutes. A post that is written forgets them at once. */
const FRESH = { ttl: 900, stale: 60 }
const NEWEST = ['infinity', LAST_ID] as const

type FeedRequest = { category?: string; cursor?: string; limit?: number }

/** `isShared`: the same for every reader who hears everybody. */
type FeedPage = { readonly text: string; readonly isShared: boolean }

/**
 * P3: the published posts of a category, or of all, newest first, without whom the reader has muted or blocked. Nearly
 * nobody has anybody: all others share their pages, of which the first are cached.
 */
export async function readFeed(
  services: Services,
  actor: Actor | null,
  request: FeedRequest,
): Promise<FeedPage> {
  const { db, cache } = services
  const { category, cursor, limit = PAGE } = request
  const filter = { category }
  const place = cursor ? decodeCursor(cursor, { sort: 'published_at', filter, length: 2 }) : NEWEST
  const values = [...place, filterDigest(filter), limit, ...(category === undefined ? [] : [category])]
  const produce = async () => (await db.text(feedPage(pageSize(limit), category), values)) ?? ''
  const shared = cursor || limit !== PAGE ? produce() : cache.wrap(feedKey(category), FRESH, produce)
  // Both at once: with Redis the two looks leave in one write.
  const [text, hearsAll] = await Promise.all([shared, actor === null || hearsEverybody(services, actor)])
  if (actor === null || hearsAll) return { text, isShared: true }
  const own = await db.textAs(actor, feedPage(pageSize(limit), category, true), values)
  return { text: own ?? '', isShared: false }
}

/** After a commit that changed what the feed's first pages show. */
export function forgetFeed({ cache }: Pick<Services, 'cache'>, category: string): Promise<void> {
  return cache.forget(feedKey(undefined), feedKey(category))
}

/** After the counts of posts have moved: whichever feeds they stand in. */
export function forgetFeeds({ cache }: Pick<Services, 'cache'>): Promise<void> {
  return cache.forget(...[undefined, ...CATEGORIES].map(feedKey))
}

/** Who writes shows another photo. */
export const forgetFeedsTask: Task = {
  name: FORGET_FEEDS,
  run: (_payload, { services }) => forgetFeeds(services),
}

function feedKey(category: string | undefined): string {
  return `feed:community:${category ?? 'all'}`
}
