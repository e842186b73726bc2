import { sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'

export type PhoneRow = {
  phone_cipher: Buffer | null
  phone_index: Buffer | null
  phone_index_next: Buffer | null
}
export type PendingPhone = {
  phone_number: string
  code_expires_at: string | null
  attempts_left: number
}

/** The proven number of the actor's own. */
export async function phoneOf(db: Db, userId: string): Promise<PhoneRow | undefined> {
  return db
    .selectFrom('users')
    .select(['phone_cipher', 'phone_index', 'phone_index_next'])
    .where('user_id', '=', userId)
    .executeTakeFirst()
}

export async function pendingPhoneOf(db: Db, userId: string): Promise<PendingPhone | undefined> {
  return db
    .selectFrom('phone_verifications')
    .select(['phone_number', 'code_expires_at', sql<number>`5 - attempts`.as('attempts_left')])
    .where('user_id', '=', userId)
    .executeTakeFirst()
}

/** In the place of any other number that waited; the id of what waits now. */
export async function requestPhone(
  db: Db,
  phone: { masked: string; cipher: Buffer; index: Buffer; next: Buffer | null },
): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    SELECT request_phone(${phone.masked}, ${phone.cipher}::bytea, ${phone.index}::bytea, ${phone.next}::bytea) AS id`.execute(
    db,
  )
  return rows[0]!.id
}

/** For the job that sends it. False when the number no longer waits, or another one does. */
export async function setPhoneCode(
  db: Db,
  verificationId: string,
  codeHash: Buffer,
  minutes: number,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    UPDATE phone_verifications SET code_hash = ${codeHash}, code_expires_at = now() + make_interval(mins => ${minutes})
    WHERE verification_id = ${verificationId} AND attempts < 5`.execute(db)
  return numAffectedRows === 1n
}

/** The id that a code is hashed with. */
export async function verificationIdOf(db: Db, userId: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('phone_verifications')
    .select('verification_id')
    .where('user_id', '=', userId)
    .executeTakeFirst()
  return row?.verification_id
}

export type Verified = { verified: boolean; released: string | null }

/** Counts a try of the actor's; a code that is right makes the number theirs, and `released` has it no more. */
export async function verifyPhone(db: Db, codeHash: Buffer): Promise<Verified> {
  const { rows } = await sql<Verified>`SELECT * FROM verify_phone(${codeHash}::bytea)`.execute(db)
  return rows[0]!
}

/** Whether there was anything. */
export async function removePhone(db: Db, userId: string): Promise<boolean> {
  const waiting = await db.deleteFrom('phone_verifications').where('user_id', '=', userId).executeTakeFirst()
  const held = await db
    .updateTable('users')
    .set({
      phone_number: null,
      phone_cipher: null,
      phone_index: null,
      phone_index_next: null,
      phone_verified: false,
    })
    .where('user_id', '=', userId)
    .where((is) => is.or([is('phone_number', 'is not', null), is('phone_cipher', 'is not', null)]))
    .executeTakeFirst()
  return waiting.numDeletedRows + held.numUpdatedRows > 0n
}

/** Somebody's sealed number if they let the actor see it (see `readable_phone`). */
export async function readablePhone(db: Db, userId: string): Promise<Buffer | undefined> {
  const { rows } = await sql<{ cipher: Buffer | null }>`SELECT readable_phone(${userId}) AS cipher`.execute(
    db,
  )
  return rows[0]?.cipher ?? undefined
}

/** For the sweep: at most `size` that were given up on a day ago. Walks idx_phone_verifications_created_at. */
export async function deleteOldPhoneVerifications(db: Db, size: number): Promise<number> {
  const { numAffectedRows } = await sql`
    DELETE FROM phone_verifications WHERE user_id IN (
      SELECT user_id FROM phone_verifications
      WHERE created_at < now() - interval '1 day' ORDER BY created_at LIMIT ${size} FOR UPDATE SKIP LOCKED)`.execute(
    db,
  )
  return Number(numAffectedRows ?? 0)
}
