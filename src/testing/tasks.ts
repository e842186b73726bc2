import type { JobPayload, Task } from '../platform/jobs/index.ts'
import type { TestApp } from './app.ts'
import type { TestDatabase } from './database.ts'

/** Runs a task once, as the worker would, with an app's services. */
export function runTask<P = JobPayload>(
  task: Task<P>,
  { services }: Pick<TestApp, 'services'>,
  { workerDb: db }: Pick<TestDatabase, 'workerDb'>,
  payload: P = {} as P,
  signal: AbortSignal = new AbortController().signal,
): Promise<void> {
  return task.run(payload, { db, services, log: services.log, attempt: 1, signal })
}
