import { Type } from 'typebox'
import {
  Closed,
  Country,
  Line,
  Nullable,
  OneOf,
  Page,
  PageQuery,
  Patch,
  Prose,
  Timestamp,
  Uuid,
} from '../../../platform/http/index.ts'
import { PersonCard } from '../../identity/index.ts'

const Severity = OneOf(['low', 'medium', 'high', 'critical'])
const Status = OneOf(['open', 'contained', 'closed'])
const Moment = Type.String({ format: 'date-time' })
const Notice = Closed({ en: Prose(2000), sw: Prose(2000), fr: Prose(2000) })

const Written = {
  title: Line(200),
  severity: Severity,
  discovered_at: Moment,
  facts: Prose(10_000),
  consequences: Nullable(Prose(10_000)),
  measures: Nullable(Prose(10_000)),
  /** What those whom it concerns will read, in each language. */
  notice: Nullable(Notice),
}

export const NewBreach = Closed({
  ...Written,
  discovered_at: Type.Optional(Moment),
  consequences: Type.Optional(Written.consequences),
  measures: Type.Optional(Written.measures),
  notice: Type.Optional(Written.notice),
})

export const BreachChange = Patch({ ...Written, status: Status, authority_note: Nullable(Prose(2000)) })

const Summary = {
  breach_id: Uuid,
  title: Type.String(),
  severity: Severity,
  status: Status,
  discovered_at: Timestamp,
  authority_due_at: Timestamp,
  authority_told_at: Nullable(Timestamp),
  overdue: Type.Boolean({ description: 'More than 72 hours, and the authority was told nothing' }),
  people: Type.Integer(),
  people_told_at: Nullable(Timestamp),
}

export const Breaches = Page(Closed(Summary))
export const BreachesQuery = PageQuery({})

export const Breach = Closed({
  ...Summary,
  facts: Type.String(),
  consequences: Nullable(Type.String()),
  measures: Nullable(Type.String()),
  notice: Nullable(Notice),
  authority_note: Nullable(Type.String()),
  people_told: Type.Integer(),
  recorded_at: Timestamp,
  recorded_by: Nullable(PersonCard),
  closed_at: Nullable(Timestamp),
  history: Type.Array(
    Closed({
      event: OneOf([
        'recorded',
        'changed',
        'people_added',
        'authority_told',
        'people_told',
        'closed',
        'reopened',
      ]),
      at: Timestamp,
      acted_by: Nullable(PersonCard),
      details: Type.Record(Type.String(), Type.Unknown()),
    }),
  ),
})

export const BreachPath = Closed({ breach_id: Uuid })

/** By their ids, or everybody whom all of this fits. */
export const Affected = Closed({
  user_ids: Type.Optional(Type.Array(Uuid, { minItems: 1, maxItems: 1000, uniqueItems: true })),
  query: Type.Optional(
    Patch({
      registered_before: Moment,
      signed_in_after: Moment,
      country: Country,
      has: OneOf(['phone', 'authenticator', 'payments', 'messages']),
    }),
  ),
})

export const AffectedPeople = Page(
  Closed({ person: Nullable(PersonCard), user_id: Uuid, added_at: Timestamp, told_at: Nullable(Timestamp) }),
)
export const AffectedQuery = PageQuery({})
export const Added = Closed({ added: Type.Integer(), people: Type.Integer() })

export const AuthorityTold = Closed({ note: Prose(2000) })
