import { Type } from 'typebox'
import { Closed, Timestamp, Uuid } from '../../platform/http/index.ts'

const Email = Type.String({
  // The first dot after the @ decides, so that nothing is tried twice.
  pattern: '^[^@\\s]+@[^@\\s][^@\\s.]*\\.[^@\\s]{2,}$',
  maxLength: 255,
  description: 'Kept in lower case',
})
const Username = Type.String({
  pattern: '^[A-Za-z0-9._-]{3,100}$',
  description: 'Unique regardless of case; no @',
})
const Password = Type.String({ minLength: 10, maxLength: 200 })
const SessionKind = Type.Union([Type.Literal('cookie'), Type.Literal('token')], {
  default: 'cookie',
  description:
    'cookie: for browsers, HttpOnly. token: the reply carries a bearer token for the Authorization header',
})

export const Registration = Closed({
  email: Email,
  password: Password,
  full_name: Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' }),
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
