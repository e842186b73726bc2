import { Type } from 'typebox'
import { Closed, Nullable, OneOf, Timestamp, Uuid } from '../../../platform/http/index.ts'
import { PersonCard } from './people.ts'

/** For colleagues who read the history: kept with the row. */
export const Reason = Type.String({
  minLength: 3,
  maxLength: 500,
  pattern: '\\S',
  description: 'Why, for whoever reads the history',
})

export const Role = OneOf(['member', 'coach', 'partner', 'admin', 'super_admin'])

export const Grant = Closed({
  user_role_id: Uuid,
  user_id: Uuid,
  role: Role,
  state: OneOf(['scheduled', 'active', 'expired', 'revoked']),
  valid_from: Timestamp,
  expires_at: Nullable(Timestamp),
  granted_at: Nullable(Timestamp),
  granted_by: Nullable(PersonCard),
  reason: Nullable(Type.String()),
  revoked_at: Nullable(Timestamp),
  revoked_by: Nullable(PersonCard),
  revoke_reason: Nullable(Type.String()),
})

export const Grants = Closed({ items: Type.Array(Grant) })

export const NewGrant = Closed({
  role: OneOf(['coach', 'admin', 'super_admin'], {
    description: 'Everybody is a member; partner comes with the membership of a partner',
  }),
  valid_from: Type.Optional(Timestamp),
  expires_at: Type.Optional(Timestamp),
  reason: Reason,
})

export const GrantEnd = Closed({ expires_at: Nullable(Timestamp), reason: Reason })

export const Because = Closed({ reason: Reason })

export const GrantPath = Closed({ user_role_id: Uuid })
