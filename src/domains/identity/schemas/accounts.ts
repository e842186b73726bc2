import { Type } from 'typebox'
import { Closed, Line, OneOf, Timestamp, Uuid } from '../../../platform/http/index.ts'
import { LANGUAGES } from '../../../platform/languages.ts'
import { Accepted } from './legal.ts'
import { PasskeyRequest, PasskeyResponse } from './passkeys.ts'

/** Neither control nor format characters, nor what mail takes for grammar: what is shown and what is sent to would differ. */
const IN_ADDRESS = '[^@\\s\\p{Cc}\\p{Cf}<>()\\[\\]\\\\,;:"]'
const IN_LABEL = IN_ADDRESS.replace('[^', '[^.')
export const Email = Type.String({
  // What is left of erased accounts is called so; no mail ever goes to that domain (RFC 2606).
  pattern: `^(?!.*@[Ee][Rr][Aa][Ss][Ee][Dd]\\.[Ii][Nn][Vv][Aa][Ll][Ii][Dd]$)${IN_ADDRESS}+@(?:${IN_LABEL}+\\.)+${IN_LABEL}{2,}$`,
  maxLength: 255,
  description: 'Kept in lower case',
  examples: ['amina@example.com'],
})
export const Username = Type.String({
  // Addresses name people by username or id: one must not read as the other.
  pattern:
    '^(?=.*[A-Za-z0-9])(?![0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$)[A-Za-z0-9._-]{3,100}$',
  description:
    '3 to 100 letters, digits, dots, hyphens and underscores, not dots and dashes alone, not an id; unique regardless of case',
})
/** Stands beside whatever its owner publishes. */
export const FullName = Line(200)
const NewPassword = Type.String({
  minLength: 10,
  maxLength: 200,
  description: 'Hard enough to guess: see POST /auth/password-strength',
})
const Password = Type.String({ minLength: 1, maxLength: 200 })
export const SessionKind = OneOf(['cookie', 'token'], {
  default: 'cookie',
  description:
    'cookie: for browsers, HttpOnly. token: the reply carries a bearer token for the Authorization header',
})
const DeviceKey = Type.String({
  pattern: '^[A-Za-z0-9_-]{43}$',
  description: 'For clients without cookies: what an earlier sign-in answered as `device`',
})
const Totp = Type.String({
  pattern: '^\\d{6}$',
  description: 'Six digits, which the authenticator app shows',
})
const RecoveryCode = Type.String({ minLength: 16, maxLength: 40 })
/** The text of a link or a ticket. */
const Token = Type.String({ minLength: 1, maxLength: 100 })

export const Registration = Closed({
  email: Email,
  password: NewPassword,
  full_name: FullName,
  username: Type.Optional(Username),
  language: Type.Optional(OneOf(LANGUAGES, { default: 'en', description: 'What mails are written in' })),
  accepted: Type.Optional(Accepted),
})

/** One of email and username, and the password. */
export const Credentials = Closed({
  email: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
  username: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  password: Password,
  session: Type.Optional(SessionKind),
  device: Type.Optional(DeviceKey),
})

export const SignedIn = Closed({
  user_id: Uuid,
  expires_at: Timestamp,
  token: Type.Optional(Type.String({ description: 'Only when the session is held as a token; told once' })),
  device: Type.Optional(
    Type.String({ description: 'Only with `token`: to be kept, and sent with the next sign-in' }),
  ),
})

/** Half a sign-in: the password was right, and a second factor is wanted. */
export const SecondFactorWanted = Closed({
  second_factor: Closed({
    ticket: Type.String(),
    methods: Type.Array(OneOf(['totp', 'recovery_code', 'passkey'])),
    expires_at: Timestamp,
    passkey: Type.Optional(PasskeyRequest),
  }),
})

/** One of the factors. */
export const SecondFactor = Closed({
  ticket: Token,
  totp: Type.Optional(Totp),
  recovery_code: Type.Optional(RecoveryCode),
  passkey: Type.Optional(PasskeyResponse),
  device: Type.Optional(DeviceKey),
})

/** One of these. */
export const StepUp = Closed({
  password: Type.Optional(Password),
  totp: Type.Optional(Totp),
  recovery_code: Type.Optional(RecoveryCode),
  passkey: Type.Optional(PasskeyResponse),
})

export const PasskeySignIn = Closed({
  passkey: PasskeyResponse,
  session: Type.Optional(SessionKind),
  device: Type.Optional(DeviceKey),
})

export const EmailVerification = Closed({
  token: Token,
  password: Password,
  session: Type.Optional(SessionKind),
  device: Type.Optional(DeviceKey),
})
export const EmailOnly = Closed({ email: Email })
export const PasswordReset = Closed({ token: Token, new_password: NewPassword })
export const PasswordChange = Closed({ new_password: NewPassword })
export const TokenOnly = Closed({ token: Token })
export const MailSent = Closed({
  status: Type.Literal('mail_sent', { description: 'The same whether or not there is an account' }),
})

export const PasswordToRate = Closed({
  password: Type.String({ maxLength: 200 }),
  hints: Type.Optional(
    Type.Array(Type.String({ maxLength: 255 }), { maxItems: 10, description: 'E-mail, name, username' }),
  ),
})
export const PasswordStrength = Closed({
  score: Type.Integer({ minimum: 0, maximum: 4 }),
  strong: Type.Boolean({ description: 'Whether it may be chosen' }),
  warning: Type.Union([Type.String(), Type.Null()]),
  suggestions: Type.Array(Type.String()),
})
