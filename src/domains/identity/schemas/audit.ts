import { Type } from 'typebox'
import { RETENTION_CLASSES, SEVERITIES } from '../../../platform/audit/index.ts'
import { Closed, Nullable, OneOf, Page, PageQuery, Timestamp, Uuid } from '../../../platform/http/index.ts'
import { PersonCard } from './people.ts'

const Class = OneOf(RETENTION_CLASSES)
const Level = OneOf(SEVERITIES)
const Code = Type.String({ minLength: 1, maxLength: 100, pattern: '^[a-z_.]+$' })
const Moment = Type.String({ format: 'date-time' })

const filters = {
  action: Type.Optional({ ...Code, description: 'identity.user_signed_in …' }),
  retention_class: Type.Optional(Class),
  severity: Type.Optional(Level),
  actor_id: Type.Optional({ ...Uuid, description: 'Who did it, or acted as who did it' }),
  entity_type: Type.Optional(Code),
  entity_id: Type.Optional(Uuid),
  request_id: Type.Optional(Uuid),
  from: Type.Optional(Moment),
  to: Type.Optional(Moment),
}

export const AuditQuery = PageQuery(filters)
export const AuditExportQuery = Closed(filters)

const Told = Type.Unknown({ description: 'Names, ids, counts and codes; nothing personal' })

const Entry = {
  log_id: Uuid,
  timestamp: Timestamp,
  retention_class: Class,
  severity: Nullable(Level),
  action: Type.String(),
  entity_type: Nullable(Type.String()),
  entity_id: Nullable(Uuid),
  user_id: Nullable(Uuid),
  actor: Nullable(PersonCard),
  impersonating_user_id: Nullable(Uuid),
  impersonator: Nullable(PersonCard),
  request_id: Nullable(Uuid),
  changes: Told,
  metadata: Told,
}

export const AuditFoundPage = Page(Closed(Entry))

export const AuditEntryRead = Closed({
  ...Entry,
  sealed_at: Nullable(Timestamp),
  origin: Nullable(
    Closed({
      ip: Nullable(Type.String()),
      agent: Nullable(Type.String()),
      reason: Nullable(Type.String()),
      is_open: Type.Boolean({ description: 'false: its key is gone, with the person or with the month' }),
    }),
  ),
})

export const AuditEntryPath = Closed({ log_id: Uuid })

export const AuditIntegrity = Closed({
  items: Type.Array(
    Closed({
      retention_class: Class,
      last_sealed_at: Nullable(Timestamp),
      seals: Type.Integer(),
      sealed_rows: Type.Integer(),
      waiting_rows: Type.Integer(),
      lag_seconds: Type.Integer({ description: 'How long the oldest row has waited for its seal' }),
      without_copy: Type.Integer({ description: 'Seals that have no copy outside the database yet' }),
      checked_at: Nullable(Timestamp),
      checked_rows: Type.Integer(),
      problems: Type.Integer({ description: 'Rows and seals that the last check found touched' }),
      first_problem: Nullable(Type.String()),
    }),
  ),
})
