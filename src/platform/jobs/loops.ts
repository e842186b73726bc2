import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Database } from '../db/index.ts'
import type { Logger } from '../log.ts'
import type { JobMetrics } from '../metrics/index.ts'
import type { Loop } from './task.ts'

const SECOND = 1000

type Options = { readonly db: Database; readonly log: Logger; readonly metrics: JobMetrics }

/** Starts the loops; the returned function ends them and waits for those that are running. */
export function startLoops(loops: readonly Loop[], options: Options): () => Promise<void> {
  const stopping = new AbortController()
  const running = loops.map((loop) => repeat(loop, options, stopping.signal))
  return async () => {
    stopping.abort()
    await Promise.all(running)
  }
}

async function repeat(loop: Loop, { db, log, metrics }: Options, signal: AbortSignal): Promise<void> {
  let failures = 0
  while (!signal.aborted) {
    const from = performance.now()
    try {
      const ran = await runAlone(loop, db)
      if (ran) metrics.finished(loop.name, (performance.now() - from) / SECOND, true)
      failures = 0
    } catch (error) {
      metrics.finished(loop.name, (performance.now() - from) / SECOND, false)
      // The first failure and then one a minute: an outage is one event, not 86,400.
      if (failures++ % 60 === 0) log.error({ err: error, loop: loop.name, failures }, 'loop failed')
    }
    const left = Math.max(50, SECOND - (performance.now() - from))
    await sleep(left, undefined, { signal }).catch(() => {})
  }
}

/** False when another process is at it: the lock ends with the transaction. */
async function runAlone(loop: Loop, db: Database): Promise<boolean> {
  const { mine, afterwards } = await db.transaction(null, async (tx) => {
    const { rows } = await sql<{ mine: boolean }>`
      SELECT pg_try_advisory_xact_lock(hashtextextended(${`loop ${loop.name}`}, 0)) AS mine`.execute(tx)
    if (rows[0]?.mine !== true) return { mine: false, afterwards: undefined }
    return { mine: true, afterwards: await loop.run(tx) }
  })
  await afterwards?.()
  return mine
}
