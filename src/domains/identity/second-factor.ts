import type { AuthenticationResponseJSON } from '@simplewebauthn/server'
import { asSelf } from '../../platform/actor.ts'
import { totpStep } from '../../platform/crypto/totp.ts'
import type { Db } from '../../platform/db/index.ts'
import { AppError, tooMany } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { type Admitted, admit, type Proof } from './admission.ts'
import { linkIdentity } from './identities.ts'
import type { Identity } from './oidc-client.ts'
import { provenByPasskey } from './passkey-proof.ts'
import { factorsOf, takeTotpStep } from './queries/factors.ts'
import { keysOf } from './queries/passkeys.ts'
import { spendRecoveryCode } from './recovery-codes.ts'
import { recordRefusal } from './refusals.ts'
import type { Device, SessionKind } from './sessions.ts'
import { consumeToken, issueToken, tryToken } from './tokens.ts'
import { type RequestOptions, relyingPartyOf, requestOptions } from './webauthn.ts'

const TICKET_SECONDS = 300
/** Guesses a ticket; each wrong one counts towards the account's lock-out too. */
const MOST_TRIES = 5
/** Over all tickets: who has the password may collect many of them before the lock-out refuses the next. */
const PER_PERSON = { max: 20, windowSeconds: 600 }

/** What stands between a right password and a session: half a sign-in, for five minutes. */
export type SecondFactorTicket = {
  readonly ticket: string
  readonly methods: readonly FactorMethod[]
  readonly expiresAt: string
  /** What to ask the person's keys; null where there are none. The ticket is the challenge. */
  readonly passkey: RequestOptions | null
}
export type FactorMethod = 'totp' | 'passkey' | 'recovery_code'

/** What someone shows as their second factor: one of them. */
export type FactorProof =
  | { readonly totp: string }
  | { readonly recovery_code: string }
  | { readonly passkey: AuthenticationResponseJSON }

/** `identity`: what else has proven the person, linked once the other half is proven too. */
export async function issueTicket(
  services: Services,
  userId: string,
  kind: SessionKind,
  identity?: Identity,
): Promise<SecondFactorTicket> {
  const { db, clock, config } = services
  const data = { kind, ...(identity && { identity: JSON.stringify(identity) }) }
  return db.transaction(asSelf(userId), async (tx) => {
    const [ticket, methods, keys] = await Promise.all([
      issueToken(tx, 'sign_in.second_factor', { userId, data }, TICKET_SECONDS),
      methodsOf(tx, userId),
      keysOf(tx, userId),
    ])
    const expiresAt = new Date(clock.now().getTime() + TICKET_SECONDS * 1000).toISOString()
    const passkey = keys.length > 0 ? requestOptions(relyingPartyOf(config), ticket, keys) : null
    return { ticket, methods, expiresAt, passkey }
  })
}

/**
 * The other half of a sign-in. 401 `auth.ticket_invalid` for a ticket that is unknown, expired, used or tried too often;
 * 401 `auth.second_factor_wrong`, also for a code that was used before; 429 per person, and 503 without a cache, because
 * then nobody counts.
 */
export async function completeSignIn(
  services: Services,
  { ticket, proof }: { ticket: string; proof: FactorProof },
  device: Device,
): Promise<Admitted> {
  const held = await tryToken(services.db.anonymous, 'sign_in.second_factor', ticket, MOST_TRIES)
  if (!held?.userId) throw ticketInvalid()
  const { userId } = held
  const limit = await services.cache.limit(`ratelimit:second-factor:${userId}`, PER_PERSON)
  if (!limit.allowed) throw tooMany('auth.too_many_attempts', limit.resetSeconds)
  const how = await services.db.transaction(asSelf(userId), (tx) =>
    provenBy(services, tx, userId, proof, ticket),
  )
  if (how === undefined) {
    await recordRefusal(services, { userId, reason: 'second_factor', isCounted: true })
    throw wrongFactor()
  }
  const kind = held.data.kind === 'token' ? 'token' : 'cookie'
  return admit(services, { userId, proof: how, device, kind }, async (tx) => {
    // Of two that come with one ticket the second finds it taken.
    if (!(await consumeToken(tx, 'sign_in.second_factor', ticket))) throw ticketInvalid()
    if (held.data.identity !== undefined)
      await linkIdentity(services, tx, asSelf(userId), JSON.parse(held.data.identity))
  })
}

/**
 * How the factor proves the person, once: its code is then taken, its key's counter moved. Undefined when it does not. A key
 * answers `challenge`, which the caller takes.
 */
export async function provenBy(
  services: Pick<Services, 'fields' | 'clock' | 'config'>,
  tx: Db,
  userId: string,
  proof: FactorProof,
  challenge: string,
): Promise<Proof | undefined> {
  const { fields, clock } = services
  if ('passkey' in proof) {
    return (await provenByPasskey(services, tx, userId, proof.passkey, challenge)) ? 'passkey' : undefined
  }
  if ('recovery_code' in proof) {
    return (await spendRecoveryCode(tx, userId, proof.recovery_code)) ? 'recovery_code' : undefined
  }
  const factors = await factorsOf(tx, userId)
  if (!factors?.totp_secret || factors.totp_confirmed_at === null) return undefined
  const step = totpStep(fields.openText(totpContext(userId), factors.totp_secret), proof.totp, clock.now())
  return step !== null && (await takeTotpStep(tx, userId, step)) ? 'totp' : undefined
}

/** What the sealed secret is bound to: moved to another row it does not open. */
export function totpContext(userId: string): string {
  return `users.two_factor_secret:${userId}`
}

async function methodsOf(tx: Db, userId: string): Promise<FactorMethod[]> {
  const factors = await factorsOf(tx, userId)
  return [
    ...(factors?.totp_confirmed_at ? (['totp'] as const) : []),
    ...(factors?.passkeys ? (['passkey'] as const) : []),
    ...(factors?.recovery_codes_left ? (['recovery_code'] as const) : []),
  ]
}

function ticketInvalid(): AppError {
  return new AppError(
    401,
    'auth.ticket_invalid',
    'This sign-in has expired or was tried too often; begin again.',
  )
}

function wrongFactor(): AppError {
  return new AppError(401, 'auth.second_factor_wrong', 'This code is wrong or was used before.')
}
