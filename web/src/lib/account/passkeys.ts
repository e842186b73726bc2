import type { Passkey, PasskeyCreation, PasskeyRequest } from './types.ts'

/** Whether this browser can hold and use passkeys at all. */
export function canPasskeys(): boolean {
  return typeof PublicKeyCredential === 'function' && 'parseRequestOptionsFromJSON' in PublicKeyCredential
}

/** What a key of this person answers to a challenge. Rejects when they turn it down. */
export async function usePasskey(options: PasskeyRequest): Promise<Passkey> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options)
  return jsonOf(await navigator.credentials.get({ publicKey })) as Passkey
}

/** A new key. Rejects when they turn it down, or the device holds one already. */
export async function makePasskey(options: PasskeyCreation) {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
    options as PublicKeyCredentialCreationOptionsJSON,
  )
  return jsonOf(await navigator.credentials.create({ publicKey })) as RegistrationResponseJSON
}

function jsonOf(credential: Credential | null): unknown {
  if (!(credential instanceof PublicKeyCredential)) throw new Error('no passkey was given')
  return credential.toJSON()
}
