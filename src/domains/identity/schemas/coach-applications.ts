import { Type } from 'typebox'
import {
  Closed,
  Currency,
  HttpsLink,
  Line,
  Money,
  Nullable,
  OneOf,
  Page,
  PageQuery,
  Prose,
  Timestamp,
  Uuid,
} from '../../../platform/http/index.ts'
import { PersonCard } from './people.ts'

const APPLICATION_STATUSES = ['submitted', 'withdrawn', 'approved', 'rejected'] as const
const Status = OneOf(APPLICATION_STATUSES)

const Asked = {
  motivation: Prose(4000),
  experience: Prose(4000),
  specialties: Type.Array(Line(100), { minItems: 1, maxItems: 20, uniqueItems: true }),
  languages: Type.Array(Type.String({ pattern: '^[a-z]{2,3}$', examples: ['sw'] }), {
    minItems: 1,
    maxItems: 20,
    uniqueItems: true,
    description: 'In which one would coach: BCP 47 primary subtags',
  }),
  links: Type.Array(HttpsLink, {
    maxItems: 10,
    description: 'Where more is to be seen',
  }),
  hourly_rate: Money,
}

export const NewCoachApplication = Closed({
  ...Asked,
  links: Type.Optional(Asked.links),
  hourly_rate: Closed({
    amount_minor: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
    currency: Currency,
  }),
})

const Standing = {
  application_id: Uuid,
  status: Status,
  submitted_at: Timestamp,
  reviewed_at: Nullable(Timestamp),
  decision_note: Nullable(Type.String({ description: 'What the reviewer wrote to the applicant' })),
}

/** As its author sees it. */
export const CoachApplication = Closed({
  ...Standing,
  ...Asked,
  may_apply_again_at: Nullable(Timestamp),
})

const Summary = {
  ...Standing,
  applicant: Nullable(PersonCard),
  reviewer: Nullable(PersonCard),
  specialties: Asked.specialties,
  languages: Asked.languages,
  hourly_rate: Money,
}

export const CoachApplications = Page(Closed(Summary))

export const CoachApplicationsQuery = PageQuery({ status: Type.Optional(Status) })

/** As reviewers see it. */
export const ReviewedApplication = Closed({
  ...Summary,
  ...Asked,
  internal_note: Nullable(Type.String({ description: 'Of reviewers for reviewers' })),
})

export const CoachApplicationPath = Closed({ application_id: Uuid })

export const CoachDecision = Closed({
  decision: OneOf(['approved', 'rejected']),
  /** For the applicant, who gets it by mail too. */
  note: Prose(500),
  /** For reviewers alone. */
  internal_note: Type.Optional(Prose(4000)),
  expires_at: Type.Optional(
    Type.String({
      format: 'date-time',
      description: 'When an approved coach’s role ends; absent: it does not',
    }),
  ),
})
