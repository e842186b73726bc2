import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server'
import { type Cbor, encodeCbor } from './cbor.ts'

/**
 * A browser at `origin` with an authenticator in it (WebAuthn Level 3), as JSON in and out: resident keys on P-256 (ES256),
 * attestation none, user verification, a counter for each key. It refuses what a real one refuses, by an error.
 */
export type Authenticator = {
  readonly keys: Key[]
  create(options: PublicKeyCredentialCreationOptionsJSON, lies?: Lies): RegistrationResponseJSON
  /** With the newest key that the options allow. */
  get(options: PublicKeyCredentialRequestOptionsJSON, lies?: Lies): AuthenticationResponseJSON
}

/** What a broken or hostile client would say in the place of the truth. */
export type Lies = {
  readonly origin?: string
  readonly rpId?: string
  readonly challenge?: string
  readonly type?: string
  readonly crossOrigin?: boolean
  readonly userVerified?: boolean
  readonly userPresent?: boolean
  readonly userHandle?: string
  /** At its making: one that another key has. */
  readonly credentialId?: Buffer
  readonly signedBy?: KeyObject
}

/** `counter` moves with each use; 0 for good where `counts` is false, as keys that are synced between devices do. */
export type Key = {
  readonly id: Buffer
  readonly rpId: string
  readonly userHandle: string
  readonly privateKey: KeyObject
  counter: number
}

type Options = {
  readonly origin: string
  readonly verifiesUser?: boolean
  readonly counts?: boolean
  readonly backsUp?: boolean
}

const ES256 = -7
/** All zero: this model tells nobody what it is, as with attestation none. */
const AAGUID = Buffer.alloc(16)

export function createAuthenticator(options: Options): Authenticator {
  const { origin, verifiesUser = true, counts = true, backsUp = false } = options
  const keys: Key[] = []

  function dataOf(rpId: string, key: Key, lies: Lies, attested?: Buffer): Buffer {
    if (counts) key.counter++
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(key.counter)
    const flags = flagsOf({
      present: lies.userPresent ?? true,
      verified: lies.userVerified ?? verifiesUser,
      backsUp,
      attested: attested !== undefined,
    })
    return Buffer.concat([sha256(lies.rpId ?? rpId), Buffer.of(flags), counter, attested ?? Buffer.alloc(0)])
  }

  return {
    keys,
    create(asked, lies = {}) {
      const rpId = allowedRpId(asked.rp.id, origin)
      if (!asked.pubKeyCredParams.some(({ alg }) => alg === ES256)) throw new Error('NotSupportedError')
      if (asked.excludeCredentials?.some(({ id }) => keys.some((key) => same(key, id)))) {
        throw new Error('InvalidStateError')
      }
      refuseWithoutVerification(asked.authenticatorSelection?.userVerification, verifiesUser, lies)
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const key = {
        id: lies.credentialId ?? randomBytes(32),
        rpId,
        userHandle: asked.user.id,
        privateKey,
        counter: 0,
      }
      keys.push(key)
      const authData = dataOf(rpId, key, lies, attestedKey(key, publicKey))
      const attestation = new Map<string, Cbor>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', authData],
      ])
      return {
        ...credential(key),
        response: {
          clientDataJSON: clientData('webauthn.create', asked.challenge, origin, lies).toString('base64url'),
          attestationObject: encodeCbor(attestation).toString('base64url'),
          transports: ['internal'],
        },
      }
    },
    get(asked, lies = {}) {
      const rpId = allowedRpId(asked.rpId, origin)
      refuseWithoutVerification(asked.userVerification, verifiesUser, lies)
      const allowed = asked.allowCredentials ?? []
      const key = keys.findLast(
        (held) => held.rpId === rpId && (allowed.length === 0 || allowed.some(({ id }) => same(held, id))),
      )
      if (!key) throw new Error('NotAllowedError')
      const authData = dataOf(rpId, key, lies)
      const data = clientData('webauthn.get', asked.challenge, origin, lies)
      const signature = sign(
        'sha256',
        Buffer.concat([authData, sha256(data)]),
        lies.signedBy ?? key.privateKey,
      )
      return {
        ...credential(key),
        response: {
          clientDataJSON: data.toString('base64url'),
          authenticatorData: authData.toString('base64url'),
          signature: signature.toString('base64url'),
          userHandle: lies.userHandle ?? key.userHandle,
        },
      }
    },
  }
}

/** An RP ID is the origin's host or a domain that it is under (WebAuthn, 5.1.3). */
function allowedRpId(asked: string | undefined, origin: string): string {
  const { hostname } = new URL(origin)
  const rpId = asked ?? hostname
  if (hostname !== rpId && !hostname.endsWith(`.${rpId}`)) throw new Error('SecurityError')
  return rpId
}

function refuseWithoutVerification(asked: string | undefined, can: boolean, lies: Lies): void {
  if (asked === 'required' && !can && lies.userVerified === undefined) throw new Error('NotAllowedError')
}

type Flags = { present: boolean; verified: boolean; backsUp: boolean; attested: boolean }

/** UP, UV, BE, BS, AT (WebAuthn, 6.1). */
function flagsOf({ present, verified, backsUp, attested }: Flags): number {
  return (present ? 1 : 0) | (verified ? 4 : 0) | (backsUp ? 8 | 16 : 0) | (attested ? 64 : 0)
}

/** AAGUID, the credential's id with its length, and the public key as COSE has it (RFC 9053, 7.1.1). */
function attestedKey(key: Key, publicKey: KeyObject): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(key.id.length)
  const { x, y } = publicKey.export({ format: 'jwk' })
  const cose = new Map<number, number | Buffer>([
    [1, 2],
    [3, ES256],
    [-1, 1],
    [-2, Buffer.from(x!, 'base64url')],
    [-3, Buffer.from(y!, 'base64url')],
  ])
  return Buffer.concat([AAGUID, length, key.id, encodeCbor(cose)])
}

function clientData(type: string, challenge: string, origin: string, lies: Lies): Buffer {
  return Buffer.from(
    JSON.stringify({
      type: lies.type ?? type,
      challenge: lies.challenge ?? challenge,
      origin: lies.origin ?? origin,
      crossOrigin: lies.crossOrigin ?? false,
    }),
  )
}

function credential(key: Key) {
  const id = key.id.toString('base64url')
  return {
    id,
    rawId: id,
    type: 'public-key' as const,
    authenticatorAttachment: 'platform' as const,
    clientExtensionResults: {},
  }
}

function same({ id }: Key, text: string): boolean {
  return id.toString('base64url') === text
}

function sha256(data: Buffer | string): Buffer {
  return createHash('sha256').update(data).digest()
}
