import { decodeCursor, filterDigest, LAST_ID, PAGE } from '../../platform/cursor.ts'
import { pageSize } from '../../platform/db/index.ts'
import type { Services } from '../../platform/services.ts'
import { feedPage } from './queries.ts'
import { CATEGORIES } from './schemas.ts'

/** §9.6, L3: computed results live fifteen minutes. A post that is written forgets them at once. */
const FRESH = { ttl: 900, stale: 60 }
const NEWEST = ['infinity', LAST_ID] as const

type FeedRequest = { category?: string; cursor?: string; limit?: number }

/** P3: the published posts of a category, or of all, newest first; the same for every reader. Only first pages are cached. */
export function readFeed({ db, cache }: Services, request: FeedRequest): Promise<string> {
  const { category, cursor, limit = PAGE } = request
  const filter = { category }
  const place = cursor ? decodeCursor(cursor, { sort: 'published_at', filter, length: 2 }) : NEWEST
  const produce = async () => {
    const values = [...place, filterDigest(filter), limit, ...(category === undefined ? [] : [category])]
    return (await db.text(feedPage(pageSize(limit), category), values)) ?? ''
  }
  return cursor || limit !== PAGE ? produce() : cache.wrap(feedKey(category), FRESH, produce)
}

/** After a commit that changed what the feed's first pages show. */
export function forgetFeed({ cache }: Pick<Services, 'cache'>, category: string): Promise<void> {
  return cache.forget(feedKey(undefined), feedKey(category))
}

/** After the counts of posts have moved: whichever feeds they stand in. */
export function forgetFeeds({ cache }: Pick<Services, 'cache'>): Promise<void> {
  return cache.forget(...[undefined, ...CATEGORIES].map(feedKey))
}

function feedKey(category: string | undefined): string {
  return `feed:community:${category ?? 'all'}`
}
