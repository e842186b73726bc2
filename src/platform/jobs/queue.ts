import { sql } from 'kysely'
import type { Db } from '../db/index.ts'
import type { QueueDepth } from '../metrics/index.ts'
import type { JobPayload } from './task.ts'

export type EnqueueOptions = {
  /** ISO 8601; default: now. */
  readonly runAt?: string
  /** One waiting job a key: enqueuing again replaces its payload and time, and begins its attempts anew. */
  readonly key?: string
  /** Default 25. */
  readonly maxAttempts?: number
}

/** Adds a job in the transaction of its cause: it runs if that commits, and never before. */
export async function enqueue(
  tx: Db,
  name: string,
  payload: JobPayload,
  options: EnqueueOptions = {},
): Promise<void> {
  const { runAt = null, key = null, maxAttempts = null } = options
  const json = JSON.stringify(payload)
  await sql`SELECT enqueue(${name}::text, ${json}::json, ${runAt}::timestamptz, ${key}::text, ${maxAttempts}::int)`.execute(
    tx,
  )
}

/** A job that is out of attempts. It stays until somebody revives or removes it. */
export type DeadJob = {
  readonly id: string
  readonly task: string
  readonly attempts: number
  readonly last_error: string | null
  readonly created_at: string
  readonly failed_at: string
}

/** The newest dead jobs. Needs a connection of app_worker or the owner: the app's role does not see the queue. */
export async function deadJobs(db: Db, limit = 100): Promise<DeadJob[]> {
  const { rows } = await sql<DeadJob>`
    SELECT id::text, task_identifier AS task, attempts, last_error, created_at, updated_at AS failed_at
    FROM graphile_worker.jobs
    WHERE attempts >= max_attempts AND locked_at IS NULL
    ORDER BY updated_at DESC LIMIT ${limit}`.execute(db)
  return rows
}

/** Gives dead jobs their attempts back, from now. Returns how many there were. */
export async function reviveJobs(db: Db, ids: readonly string[]): Promise<number> {
  const { rows } = await sql`
    SELECT id FROM graphile_worker.reschedule_jobs(${ids}::bigint[], run_at => now(), attempts => 0)`.execute(
    db,
  )
  return rows.length
}

/** Reads the whole queue: milliseconds for some ten thousand jobs, at each scrape. */
export async function queueDepth(db: Db): Promise<QueueDepth> {
  const { rows } = await sql<QueueDepth>`
    SELECT
      count(*) FILTER (WHERE locked_at IS NULL AND attempts < max_attempts AND run_at <= now())::int AS ready,
      count(*) FILTER (WHERE locked_at IS NULL AND attempts < max_attempts AND run_at > now())::int AS scheduled,
      count(*) FILTER (WHERE locked_at IS NOT NULL)::int AS running,
      count(*) FILTER (WHERE locked_at IS NULL AND attempts >= max_attempts)::int AS dead
    FROM graphile_worker.jobs`.execute(db)
  return rows[0]!
}

/**
 * Frees the jobs of workers that died: graphile-worker itself would wait four hours. A living worker's listening
 * connection carries the worker's id as its application_name (see runner.ts); the minute bridges its reconnection.
 */
export async function freeAbandonedJobs(db: Db): Promise<void> {
  await sql`
    SELECT graphile_worker.force_unlock_workers(array_agg(DISTINCT locked_by))
    FROM graphile_worker.jobs
    WHERE locked_at < now() - interval '1 minute'
      AND locked_by NOT IN (SELECT application_name FROM pg_stat_activity WHERE application_name IS NOT NULL)
    HAVING count(*) > 0`.execute(db)
}
