import { sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'

export type Passkey = {
  passkey_id: string
  name: string
  backed_up: boolean
  created_at: string
  last_used_at: string | null
}
export type PasskeyKey = { passkey_id: string; credentialId: Buffer; publicKey: Buffer; transports: string[] }

const SHOWN = ['passkey_id', 'name', 'backed_up', 'created_at', 'last_used_at'] as const

/** The oldest first. */
export function passkeysOf(db: Db, userId: string): Promise<Passkey[]> {
  return db
    .selectFrom('passkeys')
    .select(SHOWN)
    .where('user_id', '=', userId)
    .orderBy('created_at')
    .orderBy('passkey_id')
    .execute()
}

/** What takes part in signing. */
export function keysOf(db: Db, userId: string): Promise<PasskeyKey[]> {
  return keys(db, userId).execute()
}

export function keyOf(db: Db, userId: string, credentialId: Buffer): Promise<PasskeyKey | undefined> {
  return keys(db, userId).where('credential_id', '=', credentialId).executeTakeFirst()
}

function keys(db: Db, userId: string) {
  return db
    .selectFrom('passkeys')
    .select(['passkey_id', 'credential_id as credentialId', 'public_key as publicKey'])
    .select(sql<string[]>`transports`.as('transports'))
    .where('user_id', '=', userId)
    .orderBy('created_at')
}

export type NewPasskey = {
  user_id: string
  name: string
  credential_id: Buffer
  public_key: Buffer
  sign_count: number
  transports: string
  backed_up: boolean
}

export function insertPasskey(db: Db, passkey: NewPasskey): Promise<Passkey> {
  return db.insertInto('passkeys').values(passkey).returning(SHOWN).executeTakeFirstOrThrow()
}

/**
 * Moves the key's counter on. False where it would stand still or go back, for a key that counts: then two devices hold
 * it, or what it signed is old. Of two uses with one count at once one is taken.
 */
export async function moveCounter(
  db: Db,
  userId: string,
  passkeyId: string,
  { signCount, backedUp }: { signCount: number; backedUp: boolean },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('passkeys')
    .set({ sign_count: signCount, backed_up: backedUp, last_used_at: sql`now()` })
    .where('user_id', '=', userId)
    .where('passkey_id', '=', passkeyId)
    .where((eb) =>
      eb.or([
        eb('sign_count', '<', signCount),
        eb.and([eb('sign_count', '=', 0), sql<boolean>`${signCount}::bigint = 0`]),
      ]),
    )
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

export function renamePasskeyRow(
  db: Db,
  userId: string,
  passkeyId: string,
  name: string,
): Promise<Passkey | undefined> {
  return db
    .updateTable('passkeys')
    .set({ name })
    .where('user_id', '=', userId)
    .where('passkey_id', '=', passkeyId)
    .returning(SHOWN)
    .executeTakeFirst()
}

/** Fails with the constraint `keeps_a_way_in` where it was the last one. */
export async function deletePasskey(db: Db, userId: string, passkeyId: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('passkeys')
    .where('user_id', '=', userId)
    .where('passkey_id', '=', passkeyId)
    .executeTakeFirst()
  return numDeletedRows > 0n
}

/** Whose key it is, past row security: for someone who is yet to prove that they hold it. */
export async function ownerOfKey(
  db: Db,
  credentialId: Buffer,
): Promise<{ user_id: string; status: string } | undefined> {
  const { rows } = await sql<{ user_id: string; status: string }>`
    SELECT user_id, account_status(user_id, status) AS status FROM passkey_lookup(${credentialId}::bytea)`.execute(
    db,
  )
  return rows[0]
}
