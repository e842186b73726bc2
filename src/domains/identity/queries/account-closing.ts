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
