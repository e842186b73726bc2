import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server'
import type { Config } from '../../platform/config.ts'

/** The site that passkeys are made for: both come from the public address, so that they hold nowhere else. */
export type RelyingParty = { readonly id: string; readonly origin: string }

/** What the database keeps of a passkey, as far as it takes part in signing. */
export type Credential = {
  readonly credentialId: Buffer
  readonly publicKey: Buffer
  readonly transports: readonly string[]
}
export type NewCredential = Credential & { readonly signCount: number; readonly backedUp: boolean }
export type Assertion = {
  readonly signCount: number
  readonly backedUp: boolean
  readonly userVerified: boolean
}

/** From a challenge to its answer. */
export const CHALLENGE_SECONDS = 300

const NAME = 'Brand Coach Network'
/** EdDSA, ES256, RS256: what authenticators have, the best first. */
const ALGORITHMS = [-8, -7, -257]
const TRANSPORTS = new Set(['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'])

export function relyingPartyOf({ publicUrl }: Pick<Config, 'publicUrl'>): RelyingParty {
  const { hostname, origin } = new URL(publicUrl)
  return { id: hostname, origin }
}

/**
 * What `navigator.credentials.create` wants. The key is discoverable, so that it signs in without a name; whoever holds
 * the device proves to be its owner. No attestation: which model it is does not matter here.
 */
export function creationOptions(
  { id }: RelyingParty,
  person: { readonly userId: string; readonly name: string; readonly displayName: string },
  challenge: string,
  existing: readonly Credential[],
) {
  const { userId, name, displayName } = person
  return {
    challenge,
    rp: { id, name: NAME },
    user: { id: userHandle(userId), name, displayName },
    pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key' as const, alg })),
    timeout: CHALLENGE_SECONDS * 1000,
    excludeCredentials: existing.map(described),
    authenticatorSelection: {
      residentKey: 'required' as const,
      requireResidentKey: true,
      userVerification: 'required' as const,
    },
    attestation: 'none' as const,
  }
}
export type CreationOptions = ReturnType<typeof creationOptions>

/** What `navigator.credentials.get` wants; without `allowed` the person chooses among their keys for this site. */
export function requestOptions({ id }: RelyingParty, challenge: string, allowed: readonly Credential[] = []) {
  return {
    challenge,
    rpId: id,
    timeout: CHALLENGE_SECONDS * 1000,
    allowCredentials: allowed.map(described),
    userVerification: 'required' as const,
  }
}
export type RequestOptions = ReturnType<typeof requestOptions>

/** The challenge that a response says it answers; undefined for nonsense. It counts only once the token behind it is taken. */
export function challengeOf({ response }: { response: { clientDataJSON: string } }): string | undefined {
  const challenge = clientData(response)?.challenge
  return typeof challenge === 'string' ? challenge : undefined
}

/** The new key, or undefined for a response that does not hold (WebAuthn, 7.1): origin, site, challenge, verification, form. */
export async function verifyCreation(
  party: RelyingParty,
  response: RegistrationResponseJSON,
  challenge: string,
): Promise<NewCredential | undefined> {
  if (isFramed(response)) return undefined
  const { verifyRegistrationResponse } = await loaded()
  const made = await verifyRegistrationResponse({
    response,
    expectedChallenge: challenge,
    expectedOrigin: party.origin,
    expectedRPID: party.id,
    supportedAlgorithmIDs: ALGORITHMS,
  }).catch(() => undefined)
  if (!made?.verified) return undefined
  const { credential, credentialBackedUp } = made.registrationInfo
  return {
    credentialId: Buffer.from(credential.id, 'base64url'),
    publicKey: Buffer.from(credential.publicKey),
    signCount: credential.counter,
    transports: (credential.transports ?? []).filter((one) => TRANSPORTS.has(one)),
    backedUp: credentialBackedUp,
  }
}

/** What a key signed, or undefined where it does not hold (WebAuthn, 7.2). The counter is the caller's to compare, as it is moved. */
export async function verifyAssertion(
  party: RelyingParty,
  response: AuthenticationResponseJSON,
  challenge: string,
  { credentialId, publicKey }: Credential,
): Promise<Assertion | undefined> {
  if (isFramed(response)) return undefined
  const { verifyAuthenticationResponse } = await loaded()
  const held = await verifyAuthenticationResponse({
    response,
    expectedChallenge: challenge,
    expectedOrigin: party.origin,
    expectedRPID: party.id,
    credential: { id: credentialId.toString('base64url'), publicKey: Uint8Array.from(publicKey), counter: 0 },
  }).catch(() => undefined)
  if (!held?.verified) return undefined
  const { newCounter, credentialBackedUp, userVerified } = held.authenticationInfo
  return { signCount: newCounter, backedUp: credentialBackedUp, userVerified }
}

/** A person's id as their keys carry it: its bytes, which say nothing of them (WebAuthn, 14.6.1). */
export function userHandle(userId: string): string {
  return Buffer.from(userId.replaceAll('-', ''), 'hex').toString('base64url')
}

/** Asked for by a page of ours inside somebody else's: the person may not have known whom they answered. */
function isFramed({ response }: { response: { clientDataJSON: string } }): boolean {
  return clientData(response)?.crossOrigin === true
}

/** What the browser says that it asked the device; undefined for nonsense. */
function clientData({
  clientDataJSON,
}: {
  clientDataJSON: string
}): Readonly<Record<string, unknown>> | undefined {
  try {
    const data: unknown = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString())
    return typeof data === 'object' && data !== null ? { ...data } : undefined
  } catch {
    return undefined
  }
}

/** 28 MB and a fifth of a second, which only those pay who use a passkey. */
function loaded() {
  return import('@simplewebauthn/server')
}

function described({ credentialId, transports }: Credential) {
  return {
    id: credentialId.toString('base64url'),
    type: 'public-key' as const,
    transports: [...transports],
  }
}
