import { sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'

export async function closeUser(db: Db, userId: string): Promise<void> {
  await db
    .updateTable('users')
    .set({ status: 'deleted', deleted_at: sql`now()` })
    .where('user_id', '=', userId)
    .where('status', '=', 'active')
    .execute()
}

/** For the job that closes accounts which nobody uses. */
export async function closeUsers(db: Db, userIds: readonly string[]): Promise<void> {
  await db
    .updateTable('users')
    .set({ status: 'deleted', deleted_at: sql`now()` })
    .where('user_id', 'in', userIds)
    .where('status', '=', 'active')
    .execute()
}

export async function reopenUser(db: Db, userId: string): Promise<void> {
  await db
    .updateTable('users')
    .set({ status: 'active', deleted_at: null })
    .where('user_id', '=', userId)
    .where('status', '=', 'deleted')
    .where('erased_at', 'is', null)
    .execute()
}

/** When the way back of who leaves, or is just leaving, ends (ISO 8601). */
export async function leavesAt(db: Db, userId: string, graceDays: number): Promise<string> {
  const { at } = await db
    .selectFrom('users')
    .select(
      sql<string>`to_json(coalesce(deleted_at, now()) + make_interval(days => ${graceDays})) #>> '{}'`.as(
        'at',
      ),
    )
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow()
  return at
}
