/** One at a time, in order; at most `longestQueue` wait. */
export type Lane = {
  readonly waiting: number
  /** Runs `work` when its turn has come; null when too many are waiting already. */
  enter<T>(work: () => Promise<T>): Promise<T> | null
}

export function createLane(longestQueue: number): Lane {
  let last: Promise<unknown> = Promise.resolve()
  let inside = 0
  return {
    get waiting() {
      return Math.max(0, inside - 1)
    },
    enter(work) {
      if (inside > longestQueue) return null
      inside++
      const turn = last.then(work).finally(() => inside--)
      last = turn.catch(() => undefined)
      return turn
    },
  }
}
