import type pg from 'pg'

export type Job = (owner: pg.Client) => Promise<void>

/** Jobs on a few connections, begun in the order in which they came. */
export type Lanes = {
  add(job: Job): void
  /** Resolves when every job is done; rejects with the first failure, after which no further job begins. */
  done(): Promise<void>
}

export function openLanes(sessions: readonly pg.Client[]): Lanes {
  const waiting: Job[] = []
  const free = [...sessions]
  const running = new Set<Promise<void>>()
  let failure: unknown = null

  function begin(): void {
    while (failure === null && waiting.length > 0 && free.length > 0) {
      const session = free.shift()!
      const run = waiting.shift()!(session)
        .catch((error: unknown) => {
          failure ??= error
        })
        .finally(() => {
          free.push(session)
          running.delete(run)
          begin()
        })
      running.add(run)
    }
  }

  return {
    add(job) {
      waiting.push(job)
      begin()
    },
    async done() {
      while (running.size > 0) await Promise.race(running)
      if (failure !== null) throw failure
    },
  }
}
