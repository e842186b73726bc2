import type { Database, Db } from '../db/index.ts'
import type { Logger } from '../log.ts'
import type { Services } from '../services.ts'

/** Ids and small values only: the payload outlives an erased person, and the row is read when the job runs. */
export type JobPayload = Readonly<Record<string, string | number | boolean | null>>

export type JobContext = {
  /** As app_worker: `transaction(null, …)` runs under the worker's policies. */
  readonly db: Database
  readonly services: Services
  readonly log: Logger
  /** Which try this is, from 1. */
  readonly attempt: number
  /** Aborts when the worker has to end; what is not finished then is tried again. */
  readonly signal: AbortSignal
}

/**
 * Background work. It may run more than once for one job (a process can die after the work and before the mark), so
 * it must be safe to repeat. Throwing means: try again, after e^attempt seconds (22,000 at most), 25 times unless
 * enqueued with fewer; then the job is dead (`deadJobs`).
 */
export type Task<P = JobPayload> = {
  /** domain.verb_noun.v1; a change that old payloads would not survive is v2, with v1 kept until it has drained. */
  readonly name: string
  /** Cron in UTC (`0 3 * * *`): one job each time, whatever the number of workers; missed times are not made up. */
  readonly schedule?: string
  run(payload: P, context: JobContext): Promise<void>
}

/**
 * What is repeated every second, in one transaction, by one process at a time. For folding counters and the like:
 * as jobs these would be 86,400 rows a day. A failure waits for the next second.
 */
export type Loop = {
  readonly name: string
  /** May answer with what is to be done once the transaction has committed, such as forgetting cached rows. */
  run(tx: Db): Promise<(() => Promise<unknown>) | undefined>
}

/**
 * What is repeated at its own pace by every process, in transactions of its own: for queues of our own, whose rows are claimed
 * with SKIP LOCKED. A failure waits a second.
 */
export type Cycle = {
  readonly name: string
  /** The pause before the next look when there was nothing more to do. */
  readonly everyMs: number
  /** Answers whether there is more to be done at once. */
  run(context: Omit<JobContext, 'attempt'>): Promise<boolean>
}
