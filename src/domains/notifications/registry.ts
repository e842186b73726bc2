import type { Notice } from '../../platform/facts/index.ts'
import { NOTIFICATION_TYPES, type NotificationType } from '../identity/index.ts'

/** What is known of every fact: gathered from the domains by app/. */
export type Registry = {
  of(fact: string): Notice | undefined
  readonly all: readonly Notice[]
  /** The facts that are told at once, many in a transaction. */
  readonly whole: readonly string[]
  /** Those with so many people that they are walked in slices. */
  readonly sliced: readonly string[]
}

/** Throws for a notice of a type that nobody can choose, and for a fact that two notices tell. */
export function createRegistry(notices: readonly Notice[]): Registry {
  const byFact = new Map<string, Notice>()
  for (const notice of notices) {
    if (!isType(notice.type)) throw new Error(`${notice.fact}: ${notice.type} is no type of notification`)
    if (byFact.has(notice.fact)) throw new Error(`two notices tell ${notice.fact}`)
    byFact.set(notice.fact, notice)
  }
  const named = (isSliced: boolean) =>
    notices.filter(({ slice }) => (slice !== undefined) === isSliced).map(({ fact }) => fact)
  return { of: (fact) => byFact.get(fact), all: notices, whole: named(false), sliced: named(true) }
}

export function isType(type: string): type is NotificationType {
  return NOTIFICATION_TYPES.some((one) => one === type)
}
