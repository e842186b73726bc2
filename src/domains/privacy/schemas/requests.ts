import { Type } from 'typebox'
import {
  Closed,
  Nullable,
  OneOf,
  Page,
  PageQuery,
  Prose,
  Timestamp,
  Uuid,
} from '../../../platform/http/index.ts'
import { PersonCard } from '../../identity/index.ts'

/** What the law lets people ask (GDPR 15 to 21, Kenya's Data Protection Act 26). */
export const REQUEST_KINDS = [
  'access',
  'erasure',
  'rectification',
  'restriction',
  'objection',
  'portability',
] as const
export type RequestKind = (typeof REQUEST_KINDS)[number]

const Kind = OneOf(REQUEST_KINDS)
const Status = OneOf(['received', 'in_progress', 'answered', 'withdrawn'])
const Outcome = OneOf(['fulfilled', 'partly', 'refused'])

const Event = Closed({
  event: OneOf(['received', 'taken', 'extended', 'answered', 'withdrawn', 'due_soon', 'overdue']),
  at: Timestamp,
  note: Nullable(Type.String()),
  due_at: Timestamp,
})

const State = {
  request_id: Uuid,
  kind: Kind,
  details: Nullable(Type.String()),
  status: Status,
  received_at: Timestamp,
  due_at: Timestamp,
  overdue: Type.Boolean(),
  extension_reason: Nullable(Type.String()),
  outcome: Nullable(Outcome),
  answer: Nullable(Type.String()),
  closed_at: Nullable(Timestamp),
}

/** As its person sees it: who of staff did what is not theirs to know. */
export const OwnRequest = Closed({ ...State, history: Type.Array(Event) })
export const OwnRequests = Page(OwnRequest)
export const OwnRequestsQuery = PageQuery({})

export const NewRequest = Closed({ kind: Kind, details: Type.Optional(Prose(4000)) })
export const RequestPath = Closed({ request_id: Uuid })

const Handled = { person: Nullable(PersonCard), handled_by: Nullable(PersonCard) }

export const RequestInQueue = Closed({
  request_id: Uuid,
  kind: Kind,
  status: Status,
  received_at: Timestamp,
  due_at: Timestamp,
  overdue: Type.Boolean(),
  outcome: Nullable(Outcome),
  ...Handled,
})
export const RequestQueue = Page(RequestInQueue)
export const RequestQueueQuery = PageQuery({
  state: Type.Optional(OneOf(['open', 'closed'])),
  kind: Type.Optional(Kind),
})

export const HandledRequest = Closed({
  ...State,
  ...Handled,
  is_own: Type.Boolean({ description: 'The reader’s own: for others to answer' }),
  history: Type.Array(Closed({ ...Event.properties, acted_by: Nullable(PersonCard) })),
})

export const Extension = Closed({
  days: Type.Integer({ minimum: 1, maximum: 90, description: 'How many days later it will be answered' }),
  /** The person reads it. */
  reason: Prose(1000),
})

export const Answer = Closed({ outcome: Outcome, answer: Prose(4000) })
