import { sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'
import { type Card, cardOf } from './cards.ts'

export type SuspensionRow = {
  suspension_id: string
  user_id: string
  reason: string
  suspended_by: Card | null
  suspended_at: string
  ends_at: string | null
  lifted_at: string | null
  lifted_by: Card | null
  lift_reason: string | null
}

/** Every suspension that someone ever had, the newest first. */
export async function suspensionsOf(db: Db, userId: string): Promise<SuspensionRow[]> {
  const { rows } = await sql<SuspensionRow>`
    SELECT s.suspension_id, s.user_id, s.reason, ${cardOf('s.suspended_by')} AS suspended_by, s.suspended_at, s.ends_at,
      s.lifted_at, ${cardOf('s.lifted_by')} AS lifted_by, s.lift_reason
    FROM user_suspensions s WHERE s.user_id = ${userId} ORDER BY s.suspended_at DESC, s.suspension_id DESC`.execute(
    db,
  )
  return rows
}

/** Gives the status back to someone whose suspension is over, before the job comes by. */
export async function endPastSuspension(db: Db, userId: string): Promise<void> {
  await sql`SELECT end_past_suspensions(${userId})`.execute(db)
}

/** For the job: everybody's. Answers whose. */
export async function endPastSuspensions(db: Db): Promise<string[]> {
  const { rows } = await sql<{
    user_id: string
  }>`SELECT end_past_suspensions AS user_id FROM end_past_suspensions()`.execute(db)
  return rows.map((row) => row.user_id)
}

type NewSuspension = {
  user_id: string
  status_before: string
  reason: string
  suspended_by: string
  ends_at: string | null
}

export async function insertSuspension(db: Db, suspension: NewSuspension): Promise<void> {
  await db.insertInto('user_suspensions').values(suspension).execute()
}

/** The status to come back to; undefined when nothing is there to be lifted. */
export async function liftSuspension(
  db: Db,
  userId: string,
  lift: { lifted_by: string; lift_reason: string },
): Promise<string | undefined> {
  const lifted = await db
    .updateTable('user_suspensions')
    .set({ ...lift, lifted_at: sql`now()` })
    .where('user_id', '=', userId)
    .where('lifted_at', 'is', null)
    .returning('status_before')
    .executeTakeFirst()
  return lifted?.status_before
}

export async function setStatus(db: Db, userId: string, status: string): Promise<void> {
  await db.updateTable('users').set({ status }).where('user_id', '=', userId).execute()
}

/** Takes the lock-out away that failed sign-ins brought. */
export async function unlock(db: Db, userId: string): Promise<void> {
  await db
    .updateTable('users')
    .set({ failed_login_attempts: 0, locked_until: null })
    .where('user_id', '=', userId)
    .execute()
}
