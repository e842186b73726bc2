import type { Actor } from '../actor.ts'

/** general 12 months, security 3 years, financial 7 years (R20). */
export const RETENTION_MONTHS = { general: 12, security: 36, financial: 84 } as const
export type RetentionClass = keyof typeof RETENTION_MONTHS
export const RETENTION_CLASSES = Object.keys(RETENTION_MONTHS) as RetentionClass[]

export const SEVERITIES = ['debug', 'info', 'warning', 'error', 'critical'] as const
export type Severity = (typeof SEVERITIES)[number]

/** What may be told of what happened: ids, counts, moments and codes. */
export type Fact =
  | string
  | number
  | boolean
  | null
  | readonly Fact[]
  | { readonly [name: string]: Fact | undefined }

export type AuditEntry = {
  /** Null for what nobody signed in did, or the system. */
  readonly actor: Pick<Actor, 'userId' | 'impersonatorId'> | null
  /** domain.noun_verbed, of the one vocabulary of facts. */
  readonly action: string
  readonly entityType: string
  readonly entityId: string | null
  readonly retentionClass: RetentionClass
  /** Names of what changed. Values only of what is not personal: `{ status: { from: 'draft', to: 'published' } }`. */
  readonly changes?: readonly string[] | Readonly<Record<string, unknown>>
  /** Ids, counts and codes; nothing personal. Free text is refused (see `assertImpersonal`). */
  readonly metadata?: Readonly<Record<string, unknown>>
  /** Why, in the actor's own words: sealed with where they came from, since it may name somebody. */
  readonly reason?: string
  readonly severity?: Severity
}

/** Of these everybody, or all of staff, may read every word: what changed in them is kept as it was written. */
export const PUBLIC_TEXTS: Readonly<Record<string, string>> = {
  faq: 'faqs',
  tag: 'tags',
  system_setting: 'system_settings',
}

const CODE = /^[\w.:/-]{0,100}$/
const MOMENT = /^\d{4}-\d\d-\d\d([T ][\d:.]+(Z|[+-]\d\d(:?\d\d)?)?)?$/

/**
 * Throws where `changes` or `metadata` hold a text that is neither an id, a moment nor a code: names, addresses, numbers
 * and sentences of people have a blank, an @ or a plus, and belong into no audit row (R35). The message names the
 * field, never the value.
 */
export function assertImpersonal({ action, entityType, changes, metadata }: AuditEntry): void {
  if (Object.hasOwn(PUBLIC_TEXTS, entityType)) return
  for (const [name, value] of [...Object.entries(changes ?? {}), ...Object.entries(metadata ?? {})]) {
    if (!isFact(value))
      throw new Error(`${action}: ${name} may hold a personal value, which no audit row does`)
  }
}

function isFact(value: unknown): boolean {
  if (typeof value === 'string') return CODE.test(value) || MOMENT.test(value)
  if (typeof value !== 'object' || value === null) return true
  return Object.values(value).every(isFact)
}
