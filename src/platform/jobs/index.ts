export { inBatches } from './batches.ts'
export { type DeadJob, deadJobs, type EnqueueOptions, enqueue, reviveJobs } from './queue.ts'
export type { Cycle, JobContext, JobPayload, Loop, Task } from './task.ts'
export { startWorker, type Worker, type WorkerOptions } from './worker.ts'
