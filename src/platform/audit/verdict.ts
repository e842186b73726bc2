import type { AuditMonth } from './seal-rows.ts'
import type { Problem } from './verify-month.ts'

/** How one class and month stands. */
export type Verdict = AuditMonth & {
  readonly rows: number
  readonly seals: number
  /** Rows that are too young for a seal; their MACs fit. */
  readonly unsealed: number
  readonly problems: number
  readonly first: Problem | undefined
}
