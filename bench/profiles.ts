import { personPage } from '../src/domains/identity/queries/people.ts'
import { pageReads } from './page-reads.ts'

/** GET /people/{username}, which no cache keeps. */
export function profiles(args: readonly string[]): Promise<void> {
  const who = {
    name: 'profiles',
    usernames: `SELECT username FROM users WHERE status = 'active' ORDER BY md5(user_id::text)`,
    statement: personPage('username'),
    path: (username: string) => `/api/v1/people/${username}`,
    cache: true,
  }
  return pageReads(who, args)
}
