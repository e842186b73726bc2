import { Type } from 'typebox'
import { Closed, Nullable, OneOf, Page, PageQuery, Timestamp, Uuid } from '../../../platform/http/index.ts'
import { SessionKind } from './accounts.ts'
import { PersonCard } from './people.ts'
import { Reason, Role } from './roles.ts'

const Text = Nullable(Type.String())
const Flag = Nullable(Type.Boolean())
const Count = Nullable(Type.Integer())
const Status = OneOf(['active', 'suspended', 'pending_verification', 'deleted'])

export const PeopleQuery = PageQuery({
  q: Type.Optional(
    Type.String({
      minLength: 3,
      maxLength: 100,
      pattern: '^\\S.*\\S$',
      description:
        'Any part of an e-mail address, a name or a username, whatever its case and accents; no blanks around it',
    }),
  ),
  status: Type.Optional(Status),
  role: Type.Optional(Role),
})

export const PeopleFound = Page(
  Closed({
    user_id: Uuid,
    email: Type.String(),
    username: Text,
    full_name: Type.String(),
    status: Type.String(),
    roles: Type.Array(Role),
    last_login: Nullable(Timestamp),
    created_at: Nullable(Timestamp),
  }),
)

export const Suspension = Closed({
  suspension_id: Uuid,
  user_id: Uuid,
  reason: Type.String(),
  suspended_by: Nullable(PersonCard),
  suspended_at: Timestamp,
  ends_at: Nullable(Timestamp),
  lifted_at: Nullable(Timestamp),
  lifted_by: Nullable(PersonCard),
  lift_reason: Text,
})

export const PersonRecord = Closed({
  user_id: Uuid,
  email: Type.String(),
  email_verified: Flag,
  username: Text,
  full_name: Type.String(),
  phone_number: Nullable(Type.String({ description: 'Masked' })),
  phone_verified: Flag,
  status: Type.String(),
  created_at: Nullable(Timestamp),
  last_login: Nullable(Timestamp),
  profile: Nullable(
    Closed({
      profile_photo_url: Text,
      brand_name: Text,
      tagline: Text,
      occupation: Text,
      location: Type.Unknown({ description: 'As the person filled it in' }),
      profile_completion_percent: Count,
      post_count: Count,
      follower_count: Count,
      following_count: Count,
    }),
  ),
  roles: Type.Array(Closed({ role: Role, expires_at: Nullable(Timestamp) })),
  session_count: Type.Integer(),
  has_password: Type.Boolean(),
  has_second_factor: Type.Boolean(),
  failed_login_attempts: Type.Integer(),
  locked_until: Nullable(Timestamp),
  suspensions: Type.Array(Suspension),
})

export const NewSuspension = Closed({
  reason: Reason,
  until: Type.Optional(
    Type.String({
      format: 'date-time',
      description: 'It ends on that second by itself; absent: when somebody restores the account',
    }),
  ),
})

export const SessionOfPerson = Closed({ user_id: Uuid, session_id: Uuid })

export const NewImpersonation = Closed({
  reason: Reason,
  minutes: Type.Integer({ minimum: 1, maximum: 60 }),
  session: Type.Optional({
    ...SessionKind,
    default: 'token',
    description: 'token: beside the session that asks. cookie: in its place',
  }),
})
