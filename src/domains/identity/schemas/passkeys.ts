import { Type } from 'typebox'
import { Closed, Line, Nullable, OneOf, Timestamp, Uuid } from '../../../platform/http/index.ts'

/** Bytes as WebAuthn's JSON has them. */
function Bytes(most: number) {
  return Type.String({ minLength: 1, maxLength: most, pattern: '^[A-Za-z0-9_-]+$' })
}

const CredentialId = Bytes(1364) // 1,023 bytes
const Attachment = OneOf(['platform', 'cross-platform'])
/** What a browser's extensions answered; not looked at. */
const Extensions = Type.Record(Type.String({ maxLength: 100 }), Type.Unknown(), { maxProperties: 20 })

/** What `navigator.credentials.create` gives, by `toJSON()` (WebAuthn Level 3, RegistrationResponseJSON). */
const RegistrationResponse = Closed({
  id: CredentialId,
  rawId: CredentialId,
  type: Type.Literal('public-key'),
  response: Closed({
    clientDataJSON: Bytes(4096),
    attestationObject: Bytes(65_536),
    authenticatorData: Type.Optional(Bytes(65_536)),
    publicKey: Type.Optional(Bytes(8192)),
    publicKeyAlgorithm: Type.Optional(Type.Integer()),
    transports: Type.Optional(Type.Array(Type.String({ maxLength: 30 }), { maxItems: 10 })),
  }),
  authenticatorAttachment: Type.Optional(Attachment),
  clientExtensionResults: Extensions,
})

/** What `navigator.credentials.get` gives, by `toJSON()` (WebAuthn Level 3, AuthenticationResponseJSON). */
export const PasskeyResponse = Closed({
  id: CredentialId,
  rawId: CredentialId,
  type: Type.Literal('public-key'),
  response: Closed({
    clientDataJSON: Bytes(4096),
    authenticatorData: Bytes(8192),
    signature: Bytes(2048),
    userHandle: Type.Optional(Bytes(100)),
  }),
  authenticatorAttachment: Type.Optional(Attachment),
  clientExtensionResults: Extensions,
})

/** Shown in a list on one line. */
const Name = Line(100)

export const PasskeyRegistration = Closed({ response: RegistrationResponse, name: Name })
export const PasskeyName = Closed({ name: Name })
export const PasskeyParams = Closed({ passkey_id: Uuid })

export const Passkey = Closed({
  passkey_id: Uuid,
  name: Type.String(),
  backed_up: Type.Boolean({ description: 'Synced between devices' }),
  created_at: Timestamp,
  last_used_at: Nullable(Timestamp),
})
export const Passkeys = Closed({ items: Type.Array(Passkey) })

const Descriptor = Closed({
  id: Type.String(),
  type: Type.Literal('public-key'),
  transports: Type.Array(Type.String()),
})

/** For `navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(…) })`. */
export const PasskeyRequest = Closed({
  challenge: Type.String(),
  rpId: Type.String(),
  timeout: Type.Integer(),
  allowCredentials: Type.Array(Descriptor),
  userVerification: Type.Literal('required'),
})

/** For `navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(…) })`. */
export const PasskeyCreation = Closed({
  challenge: Type.String(),
  rp: Closed({ id: Type.String(), name: Type.String() }),
  user: Closed({ id: Type.String(), name: Type.String(), displayName: Type.String() }),
  pubKeyCredParams: Type.Array(Closed({ type: Type.Literal('public-key'), alg: Type.Integer() })),
  timeout: Type.Integer(),
  excludeCredentials: Type.Array(Descriptor),
  authenticatorSelection: Closed({
    residentKey: Type.Literal('required'),
    requireResidentKey: Type.Boolean(),
    userVerification: Type.Literal('required'),
  }),
  attestation: Type.Literal('none'),
})
