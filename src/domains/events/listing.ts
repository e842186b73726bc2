import type { Static } from 'typebox'
import { decodeCursor, filterDigest, LAST_ID, PAGE } from '../../platform/cursor.ts'
import { pageSize } from '../../platform/db/index.ts'
import type { Services } from '../../platform/services.ts'
import { pastPage, upcomingPage } from './queries/list.ts'
import { type EventsQuery, PLACES, PRICINGS, WHENS } from './schemas.ts'

/** Time alone moves an event from one list to the other. */
const FRESH = { ttl: 60, stale: 30 }

const LISTS = {
  upcoming: {
    sort: 'event_date',
    first: ['-infinity', '00000000-0000-0000-0000-000000000000'],
    page: upcomingPage,
  },
  past: { sort: 'event_date_past', first: ['infinity', LAST_ID], page: pastPage },
} as const

type Request = Static<typeof EventsQuery>

/** Events to come, the next first, or those that are over, the latest first. First pages by kind are cached. */
export function readEvents({ db, cache }: Services, request: Request): Promise<string> {
  const { when = 'upcoming', cursor, limit = PAGE, ...filters } = request
  const { sort, first, page } = LISTS[when]
  const filter = { when, ...filters }
  const after = cursor ? decodeCursor(cursor, { sort, filter, length: 2 }) : first
  const { place, online, country, city, pricing, from, to, q } = filters
  const wanted = [place, online, country, city, pricing && pricing === 'free', from, to, q]
  const values = [...after, filterDigest(filter), limit, ...wanted.map((one) => one ?? null)]
  const produce = async () => (await db.text(page(pageSize(limit)), values)) ?? ''
  // Strangers could fill the cache with words, days and towns of their own.
  const isCached = !cursor && limit === PAGE && [country, city, from, to, q].every((one) => one === undefined)
  return isCached ? cache.wrap(listKey({ when, place, online, pricing }), FRESH, produce) : produce()
}

type Kept = { [filter in 'when' | 'place' | 'online' | 'pricing']?: Request[filter] | undefined }

function listKey({ when, place, online, pricing }: Kept): string {
  return `event:list:${when}:${place ?? 'all'}:${online ?? 'all'}:${pricing ?? 'all'}`
}

/** Every list that may be cached: a change may take an event out of one and into another. */
export const LIST_KEYS: readonly string[] = WHENS.flatMap((when) =>
  [undefined, ...PLACES].flatMap((place) =>
    [undefined, true, false].flatMap((online) =>
      [undefined, ...PRICINGS].map((pricing) => listKey({ when, place, online, pricing })),
    ),
  ),
)
