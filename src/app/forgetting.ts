import { forgetFeeds } from '../domains/community/index.ts'
import { forgetMe } from '../domains/identity/index.ts'
import { forgetPrograms } from '../domains/learning/index.ts'
import { publishLive } from '../platform/realtime/index.ts'
import type { Services } from '../platform/services.ts'
import type { Forgetting } from '../platform/upkeep/index.ts'

/** What is cached of rows whose counters were folded, by table, and who is told on their screens. What is not here lives for seconds, or says that it is approximate. */
export function forgettingOf(services: Services): Forgetting {
  return {
    // Profiles are counted by their owner's id.
    user_profiles: (userIds) => forgetMe(services, ...userIds),
    posts: async (postIds) => {
      await forgetFeeds(services)
      await publishLive(services.cache, { subjects: postIds.map((id) => `post:${id}`) })
    },
    programs: (programIds) => forgetPrograms(services, ...programIds),
  }
}
