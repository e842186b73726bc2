import { sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'

export type Standing = {
  user_id: string
  email: string
  email_verified: boolean | null
  status: string
  is_staff: boolean
  is_coach: boolean
}

/** Someone whom staff would do something to; undefined for who is not there, or no more than a tombstone. */
export async function standingOf(db: Db, userId: string): Promise<Standing | undefined> {
  return db
    .selectFrom('users')
    .select(STANDING)
    .where('user_id', '=', userId)
    .where(isThere)
    .executeTakeFirst()
}

export async function standingByEmail(db: Db, email: string): Promise<Standing | undefined> {
  return db.selectFrom('users').select(STANDING).where('email', '=', email).where(isThere).executeTakeFirst()
}

/** By id, and until the commit nobody signs them in: a session's key waits for this lock. */
export async function heldStandingOf(db: Db, userId: string): Promise<Standing | undefined> {
  return db
    .selectFrom('users')
    .select(STANDING)
    .where('user_id', '=', userId)
    .where(isThere)
    .forUpdate()
    .executeTakeFirst()
}

const STANDING = [
  'user_id',
  'email',
  'email_verified',
  'status',
  sql<boolean>`has_role(user_id, 'admin', 'super_admin')`.as('is_staff'),
  sql<boolean>`has_role(user_id, 'coach')`.as('is_coach'),
] as const

const isThere = sql<boolean>`status <> 'deleted' AND deleted_at IS NULL AND erased_at IS NULL`

/** The sessions that these people hold, and those in which they act for somebody else; past row security, for whoever asks. */
export async function sessionIdsOf(db: Db, userIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`SELECT session_ids_of(${[...userIds]}::uuid[]) AS id`.execute(db)
  return rows.map(({ id }) => id)
}
