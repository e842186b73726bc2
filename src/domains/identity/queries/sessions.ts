import { sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'

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
