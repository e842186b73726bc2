import { forgetFeeds } from '../domains/community/index.ts'
import { forgetMe } from '../domains/identity/index.ts'
import { forgetPrograms } from '../domains/learning/index.ts'
import type { Services } from '../platform/services.ts'
import type { Forgetting } from '../platform/upkeep/index.ts'

/** What is cached of rows whose counters were folded, by table. What is not here lives for seconds, or says that it is approximate. */
export function forgettingOf(services: Services): Forgetting {
  return {
    // Profiles are counted by their owner's id.
    user_profiles: (userIds) => forgetMe(services, ...userIds),
    posts: () => forgetFeeds(services),
    programs: (programIds) => forgetPrograms(services, ...programIds),
  }
}
