import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '../db/index.ts'
import type { Logger } from '../log.ts'
import type { JobMetrics } from '../metrics/index.ts'
import type { Services } from '../services.ts'
import type { Cycle } from './task.ts'

const AFTER_FAILURE_MS = 1000

type Options = {
  readonly db: Database
  readonly services: Services
  readonly log: Logger
  readonly metrics: JobMetrics
}

/** Starts the cycles; the returned function ends them and waits for those that are running. */
export function startCycles(cycles: readonly Cycle[], options: Options): () => Promise<void> {
  const stopping = new AbortController()
  const running = cycles.map((cycle) => repeat(cycle, options, stopping.signal))
  return async () => {
    stopping.abort()
    await Promise.all(running)
  }
}

async function repeat(cycle: Cycle, options: Options, signal: AbortSignal): Promise<void> {
  const { db, services, log, metrics } = options
  let failures = 0
  while (!signal.aborted) {
    const from = performance.now()
    let pause = cycle.everyMs
    try {
      const more = await cycle.run({ db, services, log, signal })
      if (more) metrics.finished(cycle.name, (performance.now() - from) / 1000, true)
      pause = more ? 0 : cycle.everyMs
      failures = 0
    } catch (error) {
      metrics.finished(cycle.name, (performance.now() - from) / 1000, false)
      // The first failure and then one a minute: an outage is one event.
      if (failures++ % 60 === 0) log.error({ err: error, cycle: cycle.name, failures }, 'cycle failed')
      pause = AFTER_FAILURE_MS
    }
    if (pause > 0) await sleep(pause, undefined, { signal }).catch(() => {})
  }
}
