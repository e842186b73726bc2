import type { RegistrationResponseJSON } from '@simplewebauthn/server'
import pg from 'pg'
import type { Actor } from '../../platform/actor.ts'
import { type AppError, badRequest, conflict, notFound } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { recordFactorChange, settleFactors } from './factors.ts'
import { ownAccount } from './queries/accounts.ts'
import { factorsOf } from './queries/factors.ts'
import {
  deletePasskey,
  insertPasskey,
  keysOf,
  type Passkey,
  passkeysOf,
  renamePasskeyRow,
} from './queries/passkeys.ts'
import { renewRecoveryCodes } from './recovery-codes.ts'
import { type Holder, withNewSession } from './rotation.ts'
import type { OpenedSession } from './sessions.ts'
import { consumeToken, issueToken } from './tokens.ts'
import {
  CHALLENGE_SECONDS,
  type CreationOptions,
  challengeOf,
  creationOptions,
  relyingPartyOf,
  verifyCreation,
} from './webauthn.ts'

/** More than anybody's devices; without a bound each sign-in would name them all. */
const MOST = 20

/** Answered to whoever adds one: codes only with the first factor, which needs something to stand in for it. */
export type AddedPasskey = {
  readonly passkey: Passkey
  readonly recovery_codes: readonly string[] | null
}

export function listPasskeys({ db }: Services, actor: Actor): Promise<Passkey[]> {
  return db.transaction(actor, (tx) => passkeysOf(tx, actor.userId), { readOnly: true })
}

/** A challenge for a new key, good once and for five minutes. 409 `passkeys.too_many`. */
export async function beginPasskey({ db, config }: Services, actor: Actor): Promise<CreationOptions> {
  const { userId } = actor
  const { challenge, account, existing } = await db.transaction(actor, async (tx) => ({
    challenge: await issueToken(tx, 'passkey.registration', { userId }, CHALLENGE_SECONDS),
    account: (await ownAccount(tx, userId))!,
    existing: await keysOf(tx, userId),
  }))
  if (existing.length >= MOST) throw moreThanMost()
  const person = { userId, name: account.email, displayName: account.full_name }
  return creationOptions(relyingPartyOf(config), person, challenge, existing)
}

/**
 * Adds the key that answers the challenge. As the first factor of an account it ends every other session, since they were
 * opened with less. 400 `passkeys.response_invalid`; 409 `passkeys.taken`, `passkeys.too_many`.
 */
export async function addPasskey(
  services: Services,
  actor: Actor,
  { response, name }: { response: RegistrationResponseJSON; name: string },
  holder: Holder,
): Promise<{ result: AddedPasskey; session: OpenedSession }> {
  const { db, config } = services
  const { userId } = actor
  const challenge = challengeOf(response) ?? ''
  const token = await consumeToken(db.anonymous, 'passkey.registration', challenge)
  const made = token?.userId === userId && (await verifyCreation(relyingPartyOf(config), response, challenge))
  if (!made) throw invalid()
  const before = await db.transaction(actor, (tx) => factorsOf(tx, userId), { readOnly: true })
  const isFirst = !before?.two_factor_enabled
  return withNewSession(services, actor, { ...holder, others: isFirst ? 'end' : 'stay' }, async (tx) => {
    if ((await keysOf(tx, userId)).length >= MOST) throw moreThanMost()
    const passkey = await insertPasskey(tx, {
      user_id: userId,
      name,
      credential_id: made.credentialId,
      public_key: made.publicKey,
      sign_count: made.signCount,
      transports: JSON.stringify(made.transports),
      backed_up: made.backedUp,
    })
    await settleFactors(tx, userId)
    await recordFactorChange(services, tx, actor, 'passkey_added')
    return { passkey, recovery_codes: isFirst ? await renewRecoveryCodes(tx, userId) : null }
  }).catch((error: unknown) => {
    throw clash(error) ?? error
  })
}

/** 404 `passkey.not_found`. */
export async function renamePasskey(
  { db }: Services,
  actor: Actor,
  passkeyId: string,
  name: string,
): Promise<Passkey> {
  const renamed = await db.transaction(actor, (tx) => renamePasskeyRow(tx, actor.userId, passkeyId, name))
  if (!renamed) throw notFound('passkey', passkeyId)
  return renamed
}

/** 404 `passkey.not_found`; 409 `factors.last_way_in` where nothing else would sign the person in. */
export async function removePasskey(
  services: Services,
  actor: Actor,
  passkeyId: string,
  holder: Holder,
): Promise<OpenedSession> {
  const { session } = await withNewSession(services, actor, { ...holder, others: 'stay' }, async (tx) => {
    if (!(await deletePasskey(tx, actor.userId, passkeyId))) throw notFound('passkey', passkeyId)
    await settleFactors(tx, actor.userId)
    await recordFactorChange(services, tx, actor, 'passkey_removed')
  }).catch((error: unknown) => {
    throw clash(error) ?? error
  })
  return session
}

/** What the database refuses, in our words. */
export function clash(error: unknown): AppError | undefined {
  switch (error instanceof pg.DatabaseError ? error.constraint : undefined) {
    case 'passkeys_credential_id_key':
      return conflict('passkeys.taken', 'This key belongs to an account already.')
    case 'keeps_a_way_in':
      return conflict('factors.last_way_in', 'Nothing else would sign you in: set a password first.')
  }
}

function invalid(): AppError {
  return badRequest(
    'passkeys.response_invalid',
    'This does not answer the challenge; begin again.',
    '/response',
  )
}

function moreThanMost(): AppError {
  return conflict('passkeys.too_many', `An account has at most ${MOST} passkeys; remove one first.`)
}
