import { Type } from 'typebox'
import { Closed, Nullable } from '../../../platform/http/index.ts'
import { SignedIn } from './accounts.ts'
import { Passkey } from './passkeys.ts'

export const Factors = Closed({
  has_password: Type.Boolean(),
  two_factor_enabled: Type.Boolean({ description: 'Whether sign-in asks for a second factor' }),
  totp_enabled: Type.Boolean(),
  passkeys: Type.Integer(),
  recovery_codes_left: Type.Integer(),
})

export const TotpEnrolment = Closed({
  secret: Type.String({ description: 'Base32, for who cannot scan; told once' }),
  uri: Type.String({ description: 'otpauth://' }),
  qr_svg: Type.String({ description: 'The URI as a QR code' }),
})

export const TotpConfirmation = Closed({
  code: Type.String({ pattern: '^\\d{6}$', description: 'Six digits' }),
})

const Codes = Type.Array(Type.String(), { description: 'Each opens the account once; told once' })

export const TotpEnabled = Closed({ recovery_codes: Codes, session: SignedIn })

export const RecoveryCodes = Closed({ recovery_codes: Codes })

/** Codes come with the first factor of an account. */
export const PasskeyAdded = Closed({ passkey: Passkey, recovery_codes: Nullable(Codes), session: SignedIn })
