import { badRequest } from '../../platform/errors.ts'

/** What counts as now: the client's clock is not ours. */
const GRACE_MS = 60_000

/** A grant begins now or later, and ends after it began: history is not written afterwards. 400 `role.invalid_period`. */
export function assertPeriod(
  now: number,
  validFrom: string | undefined,
  expiresAt: string | null | undefined,
): void {
  const begins = validFrom === undefined ? now : Date.parse(validFrom)
  if (!(begins > now - GRACE_MS)) {
    throw badRequest('role.invalid_period', 'A role cannot begin in the past.', '/valid_from')
  }
  assertEnd(now, begins, expiresAt)
}
/** Also where a time is none that the calendar has. */
export function assertEnd(now: number, begins: number, expiresAt: string | null | undefined): void {
  if (expiresAt === undefined || expiresAt === null) return
  if (!(Date.parse(expiresAt) > Math.max(now, begins))) {
    throw badRequest('role.invalid_period', 'A role ends later than now, and after it began.', '/expires_at')
  }
}
