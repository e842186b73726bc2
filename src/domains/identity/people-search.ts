import type { Actor } from '../../platform/actor.ts'
import { decodeCursor, encodeCursor, LAST_ID, PAGE } from '../../platform/cursor.ts'
import type { Db } from '../../platform/db/index.ts'
import type { Services } from '../../platform/services.ts'
import {
  matches,
  matchesNear,
  newestPeople,
  type PeopleFilter,
  type PersonFound,
  type Place,
} from './queries/people-search.ts'
import { recordRead } from './staff-reads.ts'

type Request = { q?: string; status?: string; role?: string; cursor?: string; limit?: number }

const COLUMNS = [
  'users.email',
  'users.username',
  'users.full_name',
  'users.last_login',
  'user_roles.role_name',
]

/** People by any part of their address, name or username, the newest first. */
export function searchPeople({ db }: Services, actor: Actor, request: Request) {
  const { q, status, role, cursor, limit = PAGE } = request
  const filter = { q, status, role }
  const [before = LAST_ID] = cursor ? decodeCursor(cursor, { sort: 'user_id', filter, length: 1 }) : []
  return db.transaction(actor, async (tx) => {
    const found = await find(tx, q, { status, role }, { before, show: limit + 1 })
    const items = found.slice(0, limit)
    const ids = items.map(({ user_id }) => user_id)
    await recordRead(tx, actor, ids, COLUMNS)
    const key = found.length > limit ? ids.slice(-1) : null
    return { items, next_cursor: key && encodeCursor({ sort: 'user_id', key, filter }) }
  })
}

async function find(
  tx: Db,
  words: string | undefined,
  filter: PeopleFilter,
  place: Place,
): Promise<PersonFound[]> {
  if (words === undefined) return newestPeople(tx, filter, place)
  const near = await matchesNear(tx, words, filter, place)
  return near.isAll || near.people.length === place.show ? near.people : matches(tx, words, filter, place)
}
