import type { Db } from '../../platform/db/index.ts'
import type { Services } from '../../platform/services.ts'
import { type After, type Standing, standingAfter } from './queries/live.ts'
import type { Registry } from './registry.ts'
import { type Item, readerOf, render, type Stored } from './rendering.ts'

export type { After } from './queries/live.ts'

/** How somebody stands, and what came to them after the number that was asked about, oldest first. */
export type Since = Pick<Standing<never>, 'user_id' | 'unread' | 'seq'> & { readonly items: readonly Item[] }

/**
 * For many people in one statement and as many as there are kinds: whose streams the process holds. Who was never told anything
 * is left out. `most` 0: only how they stand. `db`: of any role.
 */
export async function notificationsAfter(
  services: Pick<Services, 'db' | 'log' | 'metrics'>,
  registry: Registry,
  people: readonly After[],
  most: number,
  db: Db = services.db.anonymous,
): Promise<Since[]> {
  const found = await standingAfter<Stored>(db, people, most)
  const unrendered = found.flatMap(({ language, timezone, items }) => {
    const reader = readerOf(language, timezone)
    return items.map((stored) => ({ stored, reader }))
  })
  const rendered = await render(services, registry, unrendered)
  let from = 0
  return found.map(({ user_id, unread, seq, items }) => {
    const own = rendered.slice(from, from + items.length)
    from += items.length
    return { user_id, unread, seq, items: own }
  })
}
