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
  const stopping = new AbortController()
  let current = await start(options)
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      await current.runner.promise.catch((error) => options.log.warn({ err: error }, 'worker gave up'))
      if (!stopping.signal.aborted) current = (await restart(current, options, stopping.signal)) ?? current
    }
  })()
  return {
    async stop() {
      stopping.abort()
      await end(current.runner)
      await watching
      await closePool(current.pool)
    },
  }
}

type Running = { readonly runner: Runner; readonly pool: pg.Pool }

async function start(options: RunnerOptions): Promise<Running> {
  const { url, concurrency, log } = options
  const pool = new pg.Pool({ connectionString: url, max: concurrency + 2, application_name: 'bcn worker' })
  pool.on('error', (error) => log.warn({ err: error }, 'worker connection lost'))
  pool.on('connect', (client) => client.on('error', () => {})) // told by the pool or by the query that it broke
  try {
    return { pool, runner: await runOn(pool, options) }
  } catch (error) {
    await closePool(pool)
    throw error
  }
}

function runOn(pool: pg.Pool, options: RunnerOptions): Promise<Runner> {
  return run({
    pgPool: pool,
    taskList: options.taskList,
    parsedCronItems: parseCronItems([...options.schedules]),
    concurrency: options.concurrency,
    noHandleSignals: true,
    pollInterval: 2_000,
    events: observe(pool, options.log),
    logger: quietLogger(options.log),
  })
}

async function restart(
  old: Running,
  options: RunnerOptions,
  signal: AbortSignal,
): Promise<Running | undefined> {
  await closePool(old.pool)
  for (let pause = 500; !signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    await sleep(pause, undefined, { signal }).catch(() => {})
    if (signal.aborted) return undefined
    try {
      const running = await start(options)
      options.log.info('worker is back')
      return running
    } catch (error) {
      options.log.warn({ err: error }, 'worker cannot start yet')
    }
  }
  return undefined
}

async function closePool(pool: pg.Pool): Promise<void> {
  if (!pool.ended) await pool.end()
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

/**
 * The connections carry the worker's id as their name, which tells other workers that it lives (freeAbandonedJobs).
 * Those opened before the id was known may serve as the listener, so that one is renamed, once LISTEN has drained.
 */
function observe(pool: pg.Pool, log: Logger): WorkerEvents {
  const events: WorkerEvents = new EventEmitter()
  events.on('pool:create', ({ workerPool }) => {
    pool.options.application_name = workerPool.id
  })
  events.on('pool:listen:success', ({ workerPool, client }) => {
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
