import type { TaskList } from 'graphile-worker'
import { connect, type Database } from '../db/index.ts'
import type { Logger } from '../log.ts'
import type { JobMetrics } from '../metrics/index.ts'
import type { Services } from '../services.ts'
import { startCycles } from './cycles.ts'
import { startLoops } from './loops.ts'
import { freeAbandonedJobs, queueDepth } from './queue.ts'
import { keepRunning } from './runner.ts'
import type { Cycle, Loop, Task } from './task.ts'

const CONCURRENCY = 3
const FREE_EVERY_MS = 60_000

export type WorkerOptions = {
  /** As app_worker, and direct: LISTEN does not survive a transaction pooler. */
  readonly url: string
  readonly tasks: readonly Task<never>[]
  readonly loops?: readonly Loop[]
  readonly cycles?: readonly Cycle[]
  readonly services: Services
  readonly log: Logger
  readonly metrics: JobMetrics
  /** Jobs at a time, 3 by default. */
  readonly concurrency?: number
}

export type Worker = {
  /** As app_worker; closed by `stop`. */
  readonly db: Database
  stop(): Promise<void>
}

/**
 * Runs jobs, schedules and loops until `stop`, which waits some seconds for what is running. Rejects when the
 * database is out of reach at the start; later outages it survives.
 */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const { url, tasks, log, metrics, services, concurrency = CONCURRENCY } = options
  assertDistinct(tasks)
  const db = connectWorker(options)
  const runner = await keepRunning({
    url,
    taskList: taskList(options, db),
    schedules: tasks.flatMap(({ name, schedule }) =>
      schedule === undefined ? [] : [{ task: name, match: schedule }],
    ),
    concurrency,
    log,
  }).catch(async (error) => {
    await db.close()
    throw error
  })
  metrics.depth(() => queueDepth(db.anonymous))
  const stopLoops = startLoops(options.loops ?? [], { db, log, metrics })
  const stopCycles = startCycles(options.cycles ?? [], { db, services, log, metrics })
  const stopFreeing = freeRegularly(db, log)
  services.log.debug({ tasks: tasks.length }, 'worker started')
  return {
    db,
    async stop() {
      stopFreeing()
      metrics.depth(async () => ({ ready: 0, scheduled: 0, running: 0, dead: 0 }))
      await Promise.all([stopLoops(), stopCycles(), runner.stop()])
      await db.close()
    },
  }
}

function connectWorker({ url, services, cycles = [], concurrency = CONCURRENCY }: WorkerOptions): Database {
  return connect({
    url,
    poolSize: concurrency + 2 + cycles.length,
    prepared: services.config.preparedStatements,
    applicationName: 'bcn jobs',
    metrics: services.metrics.database,
    auditing: services.auditing,
  })
}

function taskList({ tasks, services, log, metrics }: WorkerOptions, db: Database): TaskList {
  const entries = tasks.map((task) => {
    const run = async (
      payload: unknown,
      { job, abortSignal }: { job: { attempts: number }; abortSignal: AbortSignal },
    ) => {
      const from = performance.now()
      let ok = false
      try {
        // The payload is what enqueue() was given under this name; its version is part of the name.
        await task.run(payload as never, { db, services, log, attempt: job.attempts, signal: abortSignal })
        ok = true
      } finally {
        metrics.finished(task.name, (performance.now() - from) / 1000, ok)
      }
    }
    return [task.name, run] as const
  })
  return Object.fromEntries(entries)
}

/** At the start too: what a killed process left is then taken up within a minute or two. */
function freeRegularly(db: Database, log: Logger): () => void {
  const free = () =>
    void freeAbandonedJobs(db.anonymous).catch((error) =>
      log.warn({ err: error }, 'abandoned jobs were not freed'),
    )
  const timer = setInterval(free, FREE_EVERY_MS)
  free()
  return () => clearInterval(timer)
}

function assertDistinct(tasks: readonly Task<never>[]): void {
  const seen = new Set<string>()
  for (const { name } of tasks) {
    if (!/^[a-z_]+\.[a-z_]+\.v\d+$/.test(name))
      throw new Error(`${name} is no task name: expected domain.verb_noun.v1`)
    if (seen.has(name)) throw new Error(`two tasks are called ${name}`)
    seen.add(name)
  }
}
