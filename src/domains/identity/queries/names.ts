import { sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'

export type Names = { readonly full_name?: string | undefined; readonly username?: string | undefined }

/** A username that is given up is held by hold_username() (V016); one that is held or taken breaks users_username_lower_key. */
export async function updateNames(db: Db, userId: string, { full_name, username }: Names) {
  return db
    .updateTable('users')
    .set({
      full_name: sql`coalesce(${full_name ?? null}, full_name)`,
      username: sql`coalesce(${username ?? null}, username)`,
    })
    .where('user_id', '=', userId)
    .returning(['user_id', 'full_name', 'username'])
    .executeTakeFirst()
}

/** Whether somebody gave this username up so lately that it is still theirs. */
export async function isUsernameHeld(db: Db, username: string): Promise<boolean> {
  const { held } = await db
    .selectNoFrom(sql<boolean>`is_username_held(${username})`.as('held'))
    .executeTakeFirstOrThrow()
  return held
}

/** For the sweep, so across people: at most `size` of those that anybody may take again. */
export async function deleteFreeUsernames(db: Db, size: number): Promise<number> {
  const { numAffectedRows } = await sql`
    DELETE FROM released_usernames r
    WHERE r.released_at < now() - interval '30 days' AND r.username IN (
      SELECT username FROM released_usernames
      WHERE released_at < now() - interval '30 days' ORDER BY released_at LIMIT ${size})`.execute(db)
  return Number(numAffectedRows ?? 0)
}
