import { WATCHED_POSTS } from '../domains/community/index.ts'
import { WATCHED_EVENTS } from '../domains/events/index.ts'
import { WATCHED_PEOPLE } from '../domains/identity/index.ts'
import type { Watchable } from '../platform/realtime/index.ts'

/** What can be followed on a live stream while it is on a screen. */
export const WATCHABLES: readonly Watchable[] = [WATCHED_PEOPLE, WATCHED_POSTS, WATCHED_EVENTS]
