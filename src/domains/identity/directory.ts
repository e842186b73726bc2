import type { Actor } from '../../platform/actor.ts'
import type { Db } from '../../platform/db/index.ts'
import { enqueue } from '../../platform/jobs/index.ts'

/** Coaching's pages stand in a cache of its own: it forgets them by this job. */
export const FORGET_DIRECTORY = 'coaching.forget_directory.v1'

/** So does community the feeds, which show the name and photo of who writes. */
export const FORGET_FEEDS = 'community.forget_feeds.v1'

/** In the transaction of a change that a coach's pages show, or after which they must not be shown. */
export async function tellDirectory(tx: Db, { roles }: Pick<Actor, 'roles'>): Promise<void> {
  if (roles.includes('coach')) await enqueue(tx, FORGET_DIRECTORY, {}, { key: FORGET_DIRECTORY })
}

/** In the transaction of a change that shows beside whatever somebody writes. */
export function tellFeeds(tx: Db): Promise<void> {
  return enqueue(tx, FORGET_FEEDS, {}, { key: FORGET_FEEDS })
}
