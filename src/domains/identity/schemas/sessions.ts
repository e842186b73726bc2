import { Type } from 'typebox'
import { Closed, Nullable, OneOf, Timestamp, Uuid } from '../../../platform/http/index.ts'

const Text = Nullable(Type.String())

export const Session = Closed({
  session_id: Uuid,
  current: Type.Boolean({ description: 'The one that asks' }),
  kind: OneOf(['cookie', 'token']),
  device: Nullable(Type.String({ description: 'As the device calls itself: "Chrome on Android"' })),
  ip_address: Text,
  country: Nullable(Type.String({ description: 'ISO 3166-1 alpha-2, where the proxy in front tells it' })),
  impersonated: Type.Boolean({
    description: 'Opened by the platform’s staff, with a reason, to act as this person',
  }),
  created_at: Nullable(Timestamp),
  last_activity: Nullable(Timestamp),
  expires_at: Timestamp,
})

export const Sessions = Closed({ items: Type.Array(Session) })

export const SessionParams = Closed({ session_id: Uuid })

export const Ended = Closed({ ended: Type.Integer({ minimum: 0 }) })

/** What the session that asks may do, and for how long. */
export const CurrentSession = Closed({
  user_id: Uuid,
  session_id: Uuid,
  roles: Type.Array(Type.String()),
  proven_until: Nullable(Timestamp),
  impersonated_by: Nullable(Uuid),
})
