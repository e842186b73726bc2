import { Type } from 'typebox'
import { Closed, OneOf, Timestamp, Uuid } from '../../../platform/http/index.ts'

const Email = Type.String({
  // The first dot after the @ decides, so that nothing is tried twice.
  // Neither control nor format characters: what is shown and what is sent to would differ.
  pattern:
    '^[^@\\s\\p{Cc}\\p{Cf}]+@[^@\\s\\p{Cc}\\p{Cf}][^@\\s.\\p{Cc}\\p{Cf}]*\\.[^@\\s\\p{Cc}\\p{Cf}]{2,}$',
  maxLength: 255,
  description: 'Kept in lower case',
})
const Username = Type.String({
  pattern: '^[A-Za-z0-9._-]{3,100}$',
  description: 'Unique regardless of case; no @',
})
/** Stands beside whatever its owner publishes: it may not turn the text around it (bidi controls) nor break its line. */
const FullName = Type.String({
  minLength: 1,
  maxLength: 200,
  pattern: '^(?=.*[\\p{L}\\p{N}])[^\\p{Cc}\\u2028-\\u202e\\u2066-\\u2069]+$',
})
const Password = Type.String({ minLength: 10, maxLength: 200 })
const SessionKind = OneOf(['cookie', 'token'], {
  default: 'cookie',
  description:
    'cookie: for browsers, HttpOnly. token: the reply carries a bearer token for the Authorization header',
})

export const Registration = Closed({
  email: Email,
  password: Password,
  full_name: FullName,
  username: Type.Optional(Username),
  session: Type.Optional(SessionKind),
})

/** One of email and username, and the password. */
export const Credentials = Closed({
  email: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
  username: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  password: Type.String({ minLength: 1, maxLength: 200 }),
  session: Type.Optional(SessionKind),
})

export const SignedIn = Closed({
  user_id: Uuid,
  expires_at: Timestamp,
  token: Type.Optional(Type.String({ description: 'Only when `session` is `token`; told once' })),
})
