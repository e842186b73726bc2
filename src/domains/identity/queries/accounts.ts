import { sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'

/** A fresh id for someone who is about to exist: row security wants to know who acts before the first row is there. */
export async function newId(db: Db): Promise<string> {
  const { id } = await db.selectNoFrom(sql<string>`uuid_v7()`.as('id')).executeTakeFirstOrThrow()
  return id
}

export type NewUser = {
  user_id: string
  email: string
  username: string | null
  full_name: string
  password_hash: string
}

/** The account with its profile, settings and membership, as rows of the actor's own. */
export async function insertUser(db: Db, user: NewUser): Promise<void> {
  await db.insertInto('users').values(user).execute()
  const { user_id } = user
  await Promise.all([
    db.insertInto('user_profiles').values({ user_id }).execute(),
    db.insertInto('user_settings').values({ user_id }).execute(),
    db.insertInto('user_roles').values({ user_id, role_name: 'member' }).execute(),
  ])
}

export type Account = {
  user_id: string
  password_hash: string | null
  status: string
  failed_login_attempts: number | null
  locked_until: string | null
  two_factor_enabled: boolean
  /** Whether they have signed in with this device before. */
  known_device: boolean
}

/** By e-mail or username, past row security: the only read for someone who has not proven who they are (R34). */
export async function accountOf(
  db: Db,
  login: string,
  deviceHash: Buffer | null = null,
): Promise<Account | undefined> {
  const { rows } = await sql<Account>`SELECT * FROM auth_lookup(${login}, ${deviceHash}::bytea)`.execute(db)
  return rows[0]
}

/** Counts a refused password; from the fifth on the account is locked, each time for longer. Undefined for nobody's id. */
export async function recordFailure(db: Db, userId: string): Promise<number | undefined> {
  const { rows } = await sql<{ failed_login_attempts: number }>`
    SELECT failed_login_attempts FROM auth_record_failure(${userId})`.execute(db)
  return rows[0]?.failed_login_attempts
}

/** After a proof that was right. */
export async function recordSuccess(db: Db, userId: string): Promise<void> {
  await db
    .updateTable('users')
    .set({ last_login: sql`now()`, failed_login_attempts: 0, locked_until: null })
    .where('user_id', '=', userId)
    .execute()
}

export async function setPasswordHash(db: Db, userId: string, passwordHash: string): Promise<void> {
  await db.updateTable('users').set({ password_hash: passwordHash }).where('user_id', '=', userId).execute()
}

/** One's own address. */
export async function emailOf(db: Db, userId: string): Promise<string> {
  const { email } = await db
    .selectFrom('users')
    .select('email')
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow()
  return email
}
