import { type Static, Type } from 'typebox'
import { Closed, Nullable, OneOf, Page, PageQuery, Timestamp, Uuid } from '../../../platform/http/index.ts'
import { PersonCard } from '../../identity/index.ts'

const CHANNELS = ['in_app', 'email', 'sms', 'push'] as const
const STATUSES = ['waiting', 'sent', 'skipped', 'failed', 'dead'] as const
const Kind = Type.String({ pattern: '^[a-z_]+\\.[a-z_]+$', maxLength: 60 })

export const DeliveriesQuery = PageQuery({
  user_id: Type.Optional(Uuid),
  kind: Type.Optional(Kind),
  channel: Type.Optional(OneOf(CHANNELS)),
  status: Type.Optional(OneOf(STATUSES)),
  source_event: Type.Optional(Type.String({ format: 'uuid', description: 'All that one fact led to' })),
  day: Type.Optional(
    Type.String({ format: 'date', description: 'A day in UTC; without it, a person and an event: a week' }),
  ),
})
export type DeliveriesQuery = Static<typeof DeliveriesQuery>

const DELIVERY = {
  source_event: Uuid,
  channel: OneOf(CHANNELS),
  kind: Nullable(Type.String()),
  user_id: Nullable(Uuid),
  person: Nullable(PersonCard),
  status: OneOf(STATUSES),
  reason: Nullable(Type.String({ description: 'Why it was not sent: muted, switched_off, no_address …' })),
  attempts: Type.Integer(),
  last_error: Nullable(Type.String()),
  due_at: Nullable(Timestamp),
  accepted_at: Nullable(Timestamp),
  created_at: Timestamp,
} as const

export const Deliveries = Page(Closed(DELIVERY))

export const DeadLettersQuery = PageQuery({ channel: Type.Optional(OneOf(CHANNELS)) })
export const DeadLetters = Closed({
  items: Type.Array(Closed(DELIVERY)),
  next_cursor: Nullable(Type.String()),
  reasons: Type.Array(
    Closed({
      channel: OneOf(CHANNELS),
      error: Nullable(Type.String()),
      count: Type.Integer({ maximum: 10_000, description: '10,000: so many and more' }),
    }),
  ),
})

export const Retry = Closed({
  channel: OneOf(CHANNELS, { description: 'in_app: facts of which nobody could be told' }),
  source_event: Type.Optional(Type.String({ format: 'uuid', description: 'Only this one' })),
  user_id: Type.Optional(
    Type.String({ format: 'uuid', description: 'With `source_event`: whom it was for' }),
  ),
  error: Type.Optional(
    Type.String({ pattern: '^[\\x20-\\x7e]{1,60}$', description: 'All that ended with this' }),
  ),
})
export type Retry = Static<typeof Retry>
export const Retried = Closed({ retried: Type.Integer({ maximum: 10_000 }) })
