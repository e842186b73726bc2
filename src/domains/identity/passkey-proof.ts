import type { AuthenticationResponseJSON } from '@simplewebauthn/server'
import { asSelf } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import type { Db } from '../../platform/db/index.ts'
import type { Services } from '../../platform/services.ts'
import { keyOf, moveCounter } from './queries/passkeys.ts'
import { relyingPartyOf, userHandle, verifyAssertion } from './webauthn.ts'

/**
 * Whether this person's key has answered this challenge. The key's counter moves on in the same transaction; one that went
 * back is refused and leaves a trace, which the caller commits.
 */
export async function provenByPasskey(
  { config }: Pick<Services, 'config'>,
  tx: Db,
  userId: string,
  response: AuthenticationResponseJSON,
  challenge: string,
): Promise<boolean> {
  const key = await keyOf(tx, userId, Buffer.from(response.id, 'base64url'))
  if (!key || !namesPerson(response, userId)) return false
  const assertion = await verifyAssertion(relyingPartyOf(config), response, challenge, key)
  if (!assertion) return false
  if (await moveCounter(tx, userId, key.passkey_id, assertion)) return true
  await audit(tx, {
    actor: asSelf(userId),
    action: 'identity.passkey_counter_refused',
    entityType: 'passkey',
    entityId: key.passkey_id,
    retentionClass: 'security',
    severity: 'critical',
  })
  return false
}

/** A discoverable key says whose it is; one that is asked for by its id need not (WebAuthn, 7.2, step 6). */
function namesPerson({ response }: AuthenticationResponseJSON, userId: string): boolean {
  return response.userHandle === undefined || response.userHandle === userHandle(userId)
}
