import { sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'

type Language = 'en' | 'sw' | 'fr'

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
  /** Null: they sign in another way. */
  password_hash: string | null
  status: 'pending_verification' | 'active'
  email_verified?: boolean
}

/** The account with its profile, settings and membership, as rows of the actor's own. */
export async function insertUser(db: Db, user: NewUser, language: Language): Promise<void> {
  await db.insertInto('users').values(user).execute()
  const { user_id } = user
  await Promise.all([
    db.insertInto('user_profiles').values({ user_id }).execute(),
    db.insertInto('user_settings').values({ user_id, language }).execute(),
    db.insertInto('user_roles').values({ user_id, role_name: 'member' }).execute(),
  ])
}

/** What somebody registers once more, in the place of what was not verified yet. */
export async function replacePending(
  db: Db,
  userId: string,
  user: Pick<NewUser, 'username' | 'full_name' | 'password_hash'>,
  language: Language,
): Promise<void> {
  const { username, full_name, password_hash } = user
  await db
    .updateTable('users')
    .set({ username, full_name, password_hash })
    .where('user_id', '=', userId)
    .where('status', '=', 'pending_verification')
    .execute()
  await db.updateTable('user_settings').set({ language }).where('user_id', '=', userId).execute()
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

/** After a proof that was right. False for who may not come in all the same; waits for who is about to be suspended. */
export async function recordSuccess(db: Db, userId: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('users')
    .set({ last_login: sql`now()`, failed_login_attempts: 0, locked_until: null })
    .where('user_id', '=', userId)
    .where('status', '=', 'active')
    .executeTakeFirst()
  return numUpdatedRows > 0n
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

/** Of whoever is of staff at this moment and can sign in; for jobs. */
export async function staffAddresses(db: Db): Promise<{ user_id: string; email: string }[]> {
  const { rows } = await sql<{ user_id: string; email: string }>`
    SELECT user_id, email FROM users
    WHERE status = 'active' AND has_role(user_id, 'admin', 'super_admin') AND user_id IN (
      SELECT user_id FROM user_roles WHERE role_name IN ('admin', 'super_admin'))
    ORDER BY user_id`.execute(db)
  return rows
}

export type OwnAccount = {
  email: string
  username: string | null
  full_name: string
  status: string
  password_hash: string | null
}

export async function ownAccount(db: Db, userId: string): Promise<OwnAccount | undefined> {
  return db
    .selectFrom('users')
    .select(['email', 'username', 'full_name', 'status', 'password_hash'])
    .where('user_id', '=', userId)
    .executeTakeFirst()
}

/** Opens an account that waits, if it still has this password. */
export async function markVerified(db: Db, userId: string, passwordHash: string | null): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('users')
    .set({ status: 'active', email_verified: true })
    .where('user_id', '=', userId)
    .where('status', '=', 'pending_verification')
    .where('password_hash', 'is not distinct from', passwordHash)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** By who has the mailbox: it is verified, an account that waited for that is open, and a lock is off. */
export async function resetAccount(db: Db, userId: string, passwordHash: string): Promise<void> {
  await db
    .updateTable('users')
    .set({
      password_hash: passwordHash,
      email_verified: true,
      failed_login_attempts: 0,
      locked_until: null,
      status: sql<string>`CASE status WHEN 'pending_verification' THEN 'active' ELSE status END`,
    })
    .where('user_id', '=', userId)
    .execute()
}

/** A verified address in the place of the old one. */
export async function setEmail(db: Db, userId: string, email: string): Promise<void> {
  await db.updateTable('users').set({ email, email_verified: true }).where('user_id', '=', userId).execute()
}

/** For the sweep, so across people: at most `size` accounts whose address nobody verified within a week. */
export async function deletePendingUsers(db: Db, size: number): Promise<number> {
  const { numAffectedRows } = await sql`
    DELETE FROM users WHERE user_id IN (
      SELECT user_id FROM users
      WHERE status = 'pending_verification' AND created_at < now() - interval '7 days'
      ORDER BY created_at LIMIT ${size} FOR UPDATE SKIP LOCKED)`.execute(db)
  return Number(numAffectedRows ?? 0)
}
