import { sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'

export type IdentityRow = {
  identity_id: string
  provider: string
  email: string | null
  created_at: string
  last_used_at: string | null
}

/** The oldest first. */
export function identitiesOf(db: Db, userId: string): Promise<IdentityRow[]> {
  return db
    .selectFrom('user_identities')
    .select(['identity_id', 'provider', 'email', 'created_at', 'last_used_at'])
    .where('user_id', '=', userId)
    .orderBy('created_at')
    .orderBy('identity_id')
    .execute()
}

export type KnownAs = { issuer: string; subject: string }

/** Links what a provider says somebody is. False where it is linked already, to them or to somebody else. */
export async function insertIdentity(
  db: Db,
  identity: KnownAs & { user_id: string; provider: string; email: string | null },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('user_identities')
    .values(identity)
    .onConflict((clash) => clash.columns(['issuer', 'subject']).doNothing())
    .executeTakeFirst()
  return (numInsertedOrUpdatedRows ?? 0n) > 0n
}

/** One of one's own, as the provider tells it now; false where it is not there. */
export async function touchIdentity(
  db: Db,
  userId: string,
  { issuer, subject }: KnownAs,
  email: string | null,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('user_identities')
    .set({ email, last_used_at: sql`now()` })
    .where('user_id', '=', userId)
    .where('issuer', '=', issuer)
    .where('subject', '=', subject)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Fails with the constraint `keeps_a_way_in` where it was the last one. */
export async function deleteIdentity(db: Db, userId: string, identityId: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('user_identities')
    .where('user_id', '=', userId)
    .where('identity_id', '=', identityId)
    .executeTakeFirst()
  return numDeletedRows > 0n
}

export type Candidate = {
  user_id: string
  status: string
  email_verified: boolean
  two_factor_enabled: boolean
  /** False: only the address is theirs. */
  linked: boolean
}

/** Whose identity this is, else whose address the provider tells; past row security, for who has proven the identity alone. */
export async function candidateFor(
  db: Db,
  { issuer, subject }: KnownAs,
  address: string | null,
): Promise<Candidate | undefined> {
  const { rows } = await sql<Candidate>`
    SELECT user_id, account_status(user_id, status) AS status, email_verified, two_factor_enabled, linked
    FROM identity_lookup(${issuer}, ${subject}, ${address})`.execute(db)
  return rows[0]
}
