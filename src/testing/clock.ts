import type { Clock } from '../platform/clock.ts'

/** A clock that stands still until it is told to move. */
export function fixedClock(date: Date | string): Clock & { advance(milliseconds: number): void } {
  let now = new Date(date).getTime()
  return {
    now: () => new Date(now),
    advance(milliseconds) {
      now += milliseconds
    },
  }
}
