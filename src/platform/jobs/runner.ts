import { EventEmitter } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  Logger as GraphileLogger,
  parseCronItems,
  type Runner,
  run,
  type TaskList,
  type WorkerEvents,
} from 'graphile-worker'
import pg from 'pg'
import type { Logger } from '../log.ts'

const PATIENCE_MS = 7_000
const LONGEST_PAUSE_MS = 15_000

export type RunnerOptions = {
  readonly url: string
  readonly taskList: TaskList
  readonly schedules: readonly { readonly task: string; readonly match: string }[]
  readonly concurrency: number
  readonly log: Logger
}

/**
 * Keeps graphile-worker running. It gives up after some failed attempts to reach the database; it is then started
 * again until it stays, so an outage of any length ends by itself. Rejects when the first start fails.
 */
export async function keepRunning(options: RunnerOptions): Promise<{ stop(): Promise<void> }> {
  const pool = createPool(options)
  const stopping = new AbortController()
  let runner: Runner
  try {
    runner = await start(pool, options)
  } catch (error) {
    await pool.end()
    throw error
  }
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      await runner.promise.catch((error) => options.log.warn({ err: error }, 'worker lost its database'))
      if (!stopping.signal.aborted) runner = (await restart(pool, options, stopping.signal)) ?? runner
    }
  })()
  return {
    async stop() {
      stopping.abort()
      await end(runner)
      await watching
      await pool.end()
    },
  }
}

function createPool({ url, concurrency, log }: RunnerOptions): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max: concurrency + 2, application_name: 'bcn worker' })
  pool.on('error', (error) => log.warn({ err: error }, 'worker connection lost'))
  pool.on('connect', (client) => client.on('error', () => {})) // told by the pool or by the query that it broke
  return pool
}

function start(pool: pg.Pool, options: RunnerOptions): Promise<Runner> {
  return run({
    pgPool: pool,
    taskList: options.taskList,
    parsedCronItems: parseCronItems([...options.schedules]),
    concurrency: options.concurrency,
    noHandleSignals: true,
    pollInterval: 2_000,
    events: observe(options.log),
    logger: quietLogger(options.log),
  })
}

async function restart(
  pool: pg.Pool,
  options: RunnerOptions,
  signal: AbortSignal,
): Promise<Runner | undefined> {
  for (let pause = 500; !signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    await sleep(pause, undefined, { signal }).catch(() => {})
    if (signal.aborted) return undefined
    try {
      const runner = await start(pool, options)
      options.log.info('worker is back')
      return runner
    } catch (error) {
      options.log.warn({ err: error }, 'worker cannot start yet')
    }
  }
  return undefined
}

/** Waits for what runs; after some seconds hands it back to the queue, so that another worker takes it at once. */
async function end(runner: Runner): Promise<void> {
  const late = setTimeout(() => void runner.kill('the worker has to end').catch(() => {}), PATIENCE_MS)
  try {
    await runner.stop('the worker stops')
  } catch {
    // Already ended by itself, or killed above: either way it runs no more.
  } finally {
    clearTimeout(late)
  }
}

function observe(log: Logger): WorkerEvents {
  const events: WorkerEvents = new EventEmitter()
  events.on('pool:listen:success', ({ workerPool, client }) => {
    // Shows to other workers that this one lives; see freeAbandonedJobs. The connection is busy with LISTEN until it drains.
    client.once('drain', () => {
      client.query("SELECT set_config('application_name', $1, false)", [workerPool.id]).catch(() => {})
    })
  })
  events.on('job:failed', ({ job, error }) => {
    log.error({ err: error, job: job.task_identifier, job_id: job.id, attempts: job.attempts }, 'job is dead')
  })
  events.on('job:error', ({ job, error }) => {
    if (job.attempts >= job.max_attempts) return
    log.warn(
      { err: error, job: job.task_identifier, job_id: job.id, attempt: job.attempts },
      'job failed, will be tried again',
    )
  })
  return events
}

/** Its lines about single jobs repeat our own events; what remains is trouble with the database. */
function quietLogger(log: Logger): GraphileLogger {
  return new GraphileLogger((scope) => (level, message) => {
    const isTrouble = (level === 'error' || level === 'warning') && scope.jobId === undefined
    log[isTrouble ? 'warn' : 'debug']({ part: scope.label }, message)
  })
}
