import type { AuthenticationResponseJSON } from '@simplewebauthn/server'
import { type Actor, asSelf } from '../../platform/actor.ts'
import { AppError } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { type Admitted, admit } from './admission.ts'
import { notAdmitted } from './leaving.ts'
import { provenByPasskey } from './passkey-proof.ts'
import { keysOf, ownerOfKey } from './queries/passkeys.ts'
import { recordRefusal } from './refusals.ts'
import type { Device, SessionKind } from './sessions.ts'
import { consumeToken, issueToken } from './tokens.ts'
import {
  CHALLENGE_SECONDS,
  challengeOf,
  type RequestOptions,
  relyingPartyOf,
  requestOptions,
} from './webauthn.ts'

/** A challenge for whoever holds a key of this site, good once and for five minutes. */
export async function beginPasskeySignIn({ db, config }: Services): Promise<RequestOptions> {
  const challenge = await issueToken(db.anonymous, 'passkey.sign_in', { userId: null }, CHALLENGE_SECONDS)
  return requestOptions(relyingPartyOf(config), challenge)
}

/**
 * Signs in by a key alone: its device has verified the person, so it is what they have and what they know or are, and
 * asks for no second factor. 401 `auth.passkey_refused`, whatever does not hold; 403 for an account that may not sign in.
 */
export async function signInByPasskey(
  services: Services,
  { response, kind }: { response: AuthenticationResponseJSON; kind: SessionKind },
  device: Device,
): Promise<Admitted> {
  const { db } = services
  const challenge = challengeOf(response) ?? ''
  const token = await consumeToken(db.anonymous, 'passkey.sign_in', challenge)
  const owner = token && (await ownerOfKey(db.anonymous, Buffer.from(response.id, 'base64url')))
  const userId = owner?.user_id ?? null
  const proven =
    userId !== null &&
    response.response.userHandle !== undefined &&
    (await db.transaction(asSelf(userId), (tx) => provenByPasskey(services, tx, userId, response, challenge)))
  if (!owner || !proven) {
    await recordRefusal(services, { userId, reason: 'passkey', isCounted: false })
    throw new AppError(401, 'auth.passkey_refused', 'This key does not sign you in; begin again.')
  }
  if (owner.status !== 'active') {
    await recordRefusal(services, { userId, reason: 'status', isCounted: false })
    throw await notAdmitted(services, owner.user_id, owner.status)
  }
  return admit(services, { userId: owner.user_id, proof: 'passkey', device, kind })
}

/** A challenge for one's own keys, to prove again who holds the session. */
export async function beginPasskeyStepUp({ db, config }: Services, actor: Actor): Promise<RequestOptions> {
  const { userId } = actor
  const { challenge, keys } = await db.transaction(actor, async (tx) => ({
    challenge: await issueToken(tx, 'passkey.step_up', { userId }, CHALLENGE_SECONDS),
    keys: await keysOf(tx, userId),
  }))
  return requestOptions(relyingPartyOf(config), challenge, keys)
}
