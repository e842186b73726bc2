import { COACH } from '../src/domains/coaching/queries/coach.ts'
import { pageReads } from './page-reads.ts'

/** GET /coaches/{username} with caches off: what each quarter of a minute costs a coach's page. */
export function coaches(args: readonly string[]): Promise<void> {
  const who = {
    name: 'coaches',
    usernames: `SELECT username FROM coaches ORDER BY md5(user_id::text)`,
    statement: COACH,
    path: (username: string) => `/api/v1/coaches/${username}`,
    cache: false,
  }
  return pageReads(who, args)
}
