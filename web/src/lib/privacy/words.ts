import { m } from '#lib/paraglide/messages.js'

/** What people may ask about their data, in the order in which it is offered. */
export const RIGHTS = [
  'access',
  'rectification',
  'erasure',
  'restriction',
  'objection',
  'portability',
] as const
export type Right = (typeof RIGHTS)[number]

export const RIGHT_NAMES: Readonly<Record<Right, () => string>> = {
  access: m.privacy_right_access,
  rectification: m.privacy_right_rectification,
  erasure: m.privacy_right_erasure,
  restriction: m.privacy_right_restriction,
  objection: m.privacy_right_objection,
  portability: m.privacy_right_portability,
}

type Words<K extends string> = Readonly<Record<K, () => string>>

export const STATUSES: Words<'received' | 'in_progress' | 'answered' | 'withdrawn'> = {
  received: m.privacy_status_received,
  in_progress: m.privacy_status_in_progress,
  answered: m.privacy_status_answered,
  withdrawn: m.privacy_status_withdrawn,
}

export const OUTCOMES: Words<'fulfilled' | 'partly' | 'refused'> = {
  fulfilled: m.privacy_outcome_fulfilled,
  partly: m.privacy_outcome_partly,
  refused: m.privacy_outcome_refused,
}

/** What happened to a request. */
export const EVENTS: Words<
  'received' | 'taken' | 'extended' | 'answered' | 'withdrawn' | 'due_soon' | 'overdue'
> = {
  received: m.privacy_status_received,
  taken: m.privacy_event_taken,
  extended: m.privacy_event_extended,
  answered: m.privacy_status_answered,
  withdrawn: m.privacy_status_withdrawn,
  due_soon: m.privacy_event_due_soon,
  overdue: m.privacy_overdue,
}
