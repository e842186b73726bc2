import { sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'

export type TokenRow = { user_id: string | null; data: Record<string, string> }

/** Under app_user the database refuses purposes that begin with `mail.`: those are issued by jobs alone. */
export async function insertToken(
  db: Db,
  token: { hash: Buffer; purpose: string; userId: string | null; data: string; seconds: number },
): Promise<void> {
  const { hash, purpose, userId, data, seconds } = token
  await sql`SELECT auth_issue_token(${hash}::bytea, ${purpose}::text, ${userId}::uuid, ${data}::jsonb, ${seconds}::int)`.execute(
    db,
  )
}

/** Removes the token's row: of two that take it, one gets it. */
export async function takeTokenRow(db: Db, hash: Buffer, purpose: string): Promise<TokenRow | undefined> {
  const { rows } =
    await sql<TokenRow>`SELECT * FROM auth_take_token(${hash}::bytea, ${purpose}::text)`.execute(db)
  return rows[0]
}

/** Counts a try and leaves the token, until `most` were counted. */
export async function tryTokenRow(
  db: Db,
  hash: Buffer,
  purpose: string,
  most: number,
): Promise<TokenRow | undefined> {
  const { rows } =
    await sql<TokenRow>`SELECT * FROM auth_try_token(${hash}::bytea, ${purpose}::text, ${most}::int)`.execute(
      db,
    )
  return rows[0]
}

export async function voidTokenRows(db: Db, userId: string, purposes: readonly string[]): Promise<void> {
  await sql`SELECT auth_void_tokens(${userId}::uuid, VARIADIC ${purposes}::text[])`.execute(db)
}

/** For the sweep: at most `size` that have expired, unlocked, since nobody may change a token. Walks idx_auth_tokens_expires. */
export async function deleteExpiredTokens(db: Db, size: number): Promise<number> {
  const { numAffectedRows } = await sql`
    DELETE FROM auth_tokens WHERE token_hash IN (
      SELECT token_hash FROM auth_tokens
      WHERE expires_at < now() ORDER BY expires_at LIMIT ${size})`.execute(db)
  return Number(numAffectedRows ?? 0)
}
