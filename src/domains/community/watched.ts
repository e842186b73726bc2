import type { Watchable } from '../../platform/realtime/index.ts'
import { FOLLOWABLE_POSTS, figuresOfPosts } from './queries/watched.ts'

/** How many have liked and answered a post, while it is on a screen. They move within a second (R15). */
export const WATCHED_POSTS: Watchable = {
  kind: 'post',
  event: 'counters',
  async allowed({ db }, actor, ids) {
    return JSON.parse((await db.textAs(actor, FOLLOWABLE_POSTS, [ids])) ?? '[]')
  },
  async figures({ db }, ids) {
    const posts = await figuresOfPosts(db.anonymous, ids)
    return new Map(posts.map(({ post_id, ...figures }) => [post_id, figures]))
  },
}
