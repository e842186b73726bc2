import { sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'

export type NewSession = {
  user_id: string
  token_hash: string
  kind: 'cookie' | 'token'
  ip_address: string | null
  user_agent: string | null
  country: string | null
}

/** Opened by who has just proven to be its user. */
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
      proven_at: sql`now()`,
      expires_at: sql`now() + make_interval(days => ${days})`,
    })
    .returning(['session_id', 'expires_at'])
    .executeTakeFirstOrThrow()
}

/** What hangs on a session, such as push to its browser, goes on with the one that takes its place; both are the actor's. */
export async function replaceSession(db: Db, old: string, by: string): Promise<void> {
  await sql`SELECT replace_session(${old}::uuid, ${by}::uuid)`.execute(db)
}

/**
 * One's own, or for staff anybody's: row security decides. Those in which the person acts for somebody else are theirs too.
 * Answers the ids that are gone, whose cached copies must go too.
 */
export async function deleteSessions(
  db: Db,
  userId: string,
  which: { only?: string; except?: string } = {},
): Promise<string[]> {
  const { only, except } = which
  const rows = await db
    .deleteFrom('sessions')
    .where((where) => where.or([where('user_id', '=', userId), where('impersonator_id', '=', userId)]))
    .$if(only !== undefined, (query) => query.where('session_id', '=', only!))
    .$if(except !== undefined, (query) => query.where('session_id', '!=', except!))
    .returning('session_id')
    .execute()
  return rows.map((row) => row.session_id)
}

export type SessionEntry = {
  session_id: string
  kind: 'cookie' | 'token'
  ip_address: string | null
  user_agent: string | null
  country: string | null
  impersonator_id: string | null
  created_at: string | null
  last_activity: string | null
  expires_at: string
}

/** Opened by a super admin to act as its user: it proves nothing, and ends after so many minutes. */
export async function insertImpersonation(
  db: Db,
  session: NewSession & { impersonator_id: string; impersonation_reason: string },
  minutes: number,
): Promise<{ session_id: string; expires_at: string }> {
  return db
    .insertInto('sessions')
    .values({
      ...session,
      session_id: sql`uuid_v7()`,
      expires_at: sql`now() + make_interval(mins => ${minutes})`,
    })
    .returning(['session_id', 'expires_at'])
    .executeTakeFirstOrThrow()
}

/** Every live session of a person, the one used last first. */
export async function sessionsOf(db: Db, userId: string): Promise<SessionEntry[]> {
  return db
    .selectFrom('sessions')
    .select([
      'session_id',
      sql<'cookie' | 'token'>`kind`.as('kind'),
      sql<string | null>`host(ip_address)`.as('ip_address'),
      'user_agent',
      'country',
      'impersonator_id',
      'created_at',
      'last_activity',
      'expires_at',
    ])
    .where('user_id', '=', userId)
    .where('expires_at', '>', sql<string>`now()`)
    .orderBy('last_activity', 'desc')
    .orderBy('session_id', 'desc')
    .limit(100)
    .execute()
}

export async function touchSession(db: Db, userId: string, sessionId: string): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ last_activity: sql`now()` })
    .where('user_id', '=', userId)
    .where('session_id', '=', sessionId)
    .execute()
}

/** `from`: null where it has begun. */
export type Grant = { role: string; from: string | null; until: string | null }
export type SessionRow = {
  user_id: string
  token_hash: string
  expires_at: string
  proven_at: string | null
  impersonator_id: string | null
  roles: Grant[]
}

/** The durable half of the session check, past row security: a live session of an active person, with every grant to come. */
export async function sessionOf(db: Db, sessionId: string): Promise<SessionRow | undefined> {
  const { rows } = await sql<SessionRow>`SELECT * FROM session_lookup(${sessionId})`.execute(db)
  return rows[0]
}

/** The same for many at once; who is missing is over. A look-up by key each. */
export async function liveSessions(
  db: Db,
  sessionIds: readonly string[],
): Promise<(SessionRow & { session_id: string })[]> {
  const { rows } = await sql<SessionRow & { session_id: string }>`
    SELECT asked.session_id, found.*
    FROM unnest(${sessionIds}::uuid[]) AS asked(session_id) CROSS JOIN LATERAL session_lookup(asked.session_id) found`.execute(
    db,
  )
  return rows
}

/** For the sweep, so across people: at most `size` of those that expired first. Walks idx_sessions_expires. */
export async function deleteExpiredSessions(db: Db, size: number): Promise<number> {
  const { numAffectedRows } = await sql`
    DELETE FROM sessions WHERE session_id IN (
      SELECT session_id FROM sessions
      WHERE expires_at < now() ORDER BY expires_at LIMIT ${size} FOR UPDATE SKIP LOCKED)`.execute(db)
  return Number(numAffectedRows ?? 0)
}
