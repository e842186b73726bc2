import { sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'

export type Factors = {
  /** Sealed; there from the moment it is shown to its person, in force once confirmed. */
  totp_secret: string | null
  totp_confirmed_at: string | null
  password_hash: string | null
  two_factor_enabled: boolean | null
  recovery_codes_left: number
  passkeys: number
}

/** `hold`: the account's row is nobody else's to change until the commit, not even to seal its secret anew. */
export async function factorsOf(
  db: Db,
  userId: string,
  { hold = false }: { readonly hold?: boolean } = {},
): Promise<Factors | undefined> {
  return db
    .selectFrom('users')
    .select((eb) => [
      'two_factor_secret as totp_secret',
      'totp_confirmed_at',
      'password_hash',
      'two_factor_enabled',
      eb
        .selectFrom('recovery_codes')
        .select(sql<number>`count(*)::int`.as('n'))
        .where('user_id', '=', userId)
        .where('used_at', 'is', null)
        .$asScalar()
        .$notNull()
        .as('recovery_codes_left'),
      eb
        .selectFrom('passkeys')
        .select(sql<number>`count(*)::int`.as('n'))
        .where('user_id', '=', userId)
        .$asScalar()
        .$notNull()
        .as('passkeys'),
    ])
    .where('user_id', '=', userId)
    .$if(hold, (query) => query.forUpdate())
    .executeTakeFirst()
}

/** Keeps a secret that is not confirmed yet. False where one is in force: that one goes first. */
export async function keepTotpSecret(db: Db, userId: string, sealed: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('users')
    .set({ two_factor_secret: sealed, totp_last_step: null })
    .where('user_id', '=', userId)
    .where('totp_confirmed_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Puts the secret into force with its first code. Of two that confirm at once one does. */
export async function confirmTotp(db: Db, userId: string, sealed: string, step: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('users')
    .set({ totp_confirmed_at: sql`now()`, totp_last_step: step })
    .where('user_id', '=', userId)
    .where('two_factor_secret', '=', sealed)
    .where('totp_confirmed_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Takes a code's step: false for one that was taken, or is older than one that was. Of two at once one gets it. */
export async function takeTotpStep(db: Db, userId: string, step: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('users')
    .set({ totp_last_step: step })
    .where('user_id', '=', userId)
    .where('totp_confirmed_at', 'is not', null)
    .where((eb) => eb.or([eb('totp_last_step', 'is', null), eb('totp_last_step', '<', step)]))
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

export async function removeTotp(db: Db, userId: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('users')
    .set({ two_factor_secret: null, totp_confirmed_at: null, totp_last_step: null })
    .where('user_id', '=', userId)
    .where('totp_confirmed_at', 'is not', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Whether sign-in asks for a second factor is whether there is one. Answers which. */
export async function setTwoFactor(db: Db, userId: string): Promise<boolean> {
  const { two_factor_enabled } = await db
    .updateTable('users')
    .set({
      two_factor_enabled: sql<boolean>`totp_confirmed_at IS NOT NULL OR EXISTS (SELECT FROM passkeys WHERE user_id = ${userId})`,
    })
    .where('user_id', '=', userId)
    .returning('two_factor_enabled')
    .executeTakeFirstOrThrow()
  return two_factor_enabled === true
}

/** In the place of all that there were. */
export async function replaceRecoveryCodes(db: Db, userId: string, hashes: readonly Buffer[]): Promise<void> {
  await db.deleteFrom('recovery_codes').where('user_id', '=', userId).execute()
  if (hashes.length === 0) return
  await db
    .insertInto('recovery_codes')
    .values(hashes.map((code_hash) => ({ user_id: userId, code_hash })))
    .execute()
}

/** Of two that use a code at once one does. */
export async function useRecoveryCode(db: Db, userId: string, hash: Buffer): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('recovery_codes')
    .set({ used_at: sql`now()` })
    .where('user_id', '=', userId)
    .where('code_hash', '=', hash)
    .where('used_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}
