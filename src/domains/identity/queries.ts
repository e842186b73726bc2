import { sql } from 'kysely'
import type { Db } from '../../platform/db/index.ts'

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
}

/** By e-mail or username, past row security: the only read for someone who has not proven who they are (R34). */
export async function accountOf(db: Db, login: string): Promise<Account | undefined> {
  const { rows } = await sql<Account>`SELECT * FROM auth_lookup(${login})`.execute(db)
  return rows[0]
}

/** Counts a refused password; from the fifth on the account is locked, each time for longer. Undefined for nobody's id. */
export async function recordFailure(db: Db, userId: string): Promise<number | undefined> {
  const { rows } = await sql<{ failed_login_attempts: number }>`
    SELECT failed_login_attempts FROM auth_record_failure(${userId})`.execute(db)
  return rows[0]?.failed_login_attempts
}

/** After a password that was right; a new hash where the old one's parameters are outdated. */
export async function recordSuccess(db: Db, userId: string, passwordHash: string | undefined): Promise<void> {
  await db
    .updateTable('users')
    .set({
      last_login: sql`now()`,
      failed_login_attempts: 0,
      locked_until: null,
      ...(passwordHash === undefined ? {} : { password_hash: passwordHash }),
    })
    .where('user_id', '=', userId)
    .execute()
}

export type NewSession = {
  user_id: string
  token_hash: string
  ip_address: string | null
  user_agent: string | null
}

export async function insertSession(
  db: Db,
  session: NewSession,
  days: number,
): Promise<{ session_id: string; expires_at: string }> {
  return db
    .insertInto('sessions')
    .values({
      ...session,
      session_id: sql`uuid_v7()`,
      expires_at: sql`now() + make_interval(days => ${days})`,
    })
    .returning(['session_id', 'expires_at'])
    .executeTakeFirstOrThrow()
}

export async function deleteSession(db: Db, userId: string, sessionId: string): Promise<void> {
  await db.deleteFrom('sessions').where('user_id', '=', userId).where('session_id', '=', sessionId).execute()
}

export async function touchSession(db: Db, userId: string, sessionId: string): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ last_activity: sql`now()` })
    .where('user_id', '=', userId)
    .where('session_id', '=', sessionId)
    .execute()
}

export type Grant = { role: string; from: string; until: string | null }
export type SessionRow = { user_id: string; token_hash: string; expires_at: string; roles: Grant[] }

/** The durable half of the session check, past row security: a live session of an active person, with every grant to come. */
export async function sessionOf(db: Db, sessionId: string): Promise<SessionRow | undefined> {
  const { rows } = await sql<SessionRow>`SELECT * FROM session_lookup(${sessionId})`.execute(db)
  return rows[0]
}

/** For the sweep, so across people: at most `size` of those that expired first. Walks idx_sessions_expires. */
export async function deleteExpiredSessions(db: Db, size: number): Promise<number> {
  const { numAffectedRows } = await sql`
    DELETE FROM sessions WHERE session_id IN (
      SELECT session_id FROM sessions
      WHERE expires_at < now() ORDER BY expires_at LIMIT ${size} FOR UPDATE SKIP LOCKED)`.execute(db)
  return Number(numAffectedRows ?? 0)
}
