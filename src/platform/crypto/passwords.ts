import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { unavailable } from '../errors.ts'
import type { Answer, Work } from './password-lane.ts'

/** Hashing at once: half the cores, since the other half answers whoever has signed in already. */
const LANES = Math.max(1, Math.min(4, availableParallelism() >> 1))
/** Waiting beyond this would be answered too late to be of use. */
const LONGEST_QUEUE = 1000
/** What a sign-in to an unknown account is checked against, so that it takes as long as a known one. */
const NOBODYS =
  '$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgc2FsdCAxNg$23VWbPtrAVE06tpSyPP2OVp0lZTzO9CYCdEXz6vSAA4'

type Job = { readonly work: Work; resolve(value: string | boolean): void; reject(error: Error): void }
type Lane = { readonly thread: Worker; job: Job | undefined }

const idle: Lane[] = []
const queue: Job[] = []
let lanes = 0

/** An argon2id hash in PHC format. In a thread of lower priority; 503 `auth.busy` when a thousand are waiting. */
export async function hashPassword(password: string): Promise<string> {
  return String(await inTurn({ password, against: null }))
}

/** Null stands for an account that does not exist or has no password: false, after the same work. */
export async function verifyPassword(passwordHash: string | null, password: string): Promise<boolean> {
  const isRight = await inTurn({ password, against: passwordHash ?? NOBODYS })
  return isRight === true && passwordHash !== null
}

/** True when the hash was made with other parameters than today's. */
export function isOutdated(passwordHash: string): boolean {
  return !passwordHash.startsWith('$argon2id$v=19$m=19456,t=2,p=1$')
}

function inTurn(work: Work): Promise<string | boolean> {
  if (queue.length >= LONGEST_QUEUE)
    throw unavailable('auth.busy', 'Too many people are signing in; try again shortly.')
  return new Promise((resolve, reject) => {
    queue.push({ work, resolve, reject })
    const lane = idle.pop() ?? (lanes < LANES ? openLane() : undefined)
    if (lane) next(lane)
  })
}

/** A thread that is there until the process ends, which it does not keep alive but for a job. */
function openLane(): Lane {
  // None of the flags that this process was started with: they may be about its own first file.
  const thread = new Worker(new URL('./password-lane.ts', import.meta.url), { execArgv: [] })
  const lane: Lane = { thread, job: undefined }
  lanes++
  thread.on('message', (answer: Answer) => {
    const { job } = lane
    next(lane)
    if ('fault' in answer) job?.reject(new Error(answer.fault))
    else job?.resolve(answer.value)
  })
  thread.on('error', (error: Error) => lane.job?.reject(error))
  thread.once('exit', () => closeLane(lane))
  return lane
}

function next(lane: Lane): void {
  lane.job = queue.shift()
  if (lane.job) {
    lane.thread.ref()
    lane.thread.postMessage(lane.job.work)
  } else {
    lane.thread.unref()
    idle.push(lane)
  }
}

/** A thread that died is replaced when it is missed, at once if somebody waits. */
function closeLane(lane: Lane): void {
  lanes--
  const at = idle.indexOf(lane)
  if (at !== -1) idle.splice(at, 1)
  lane.job?.reject(new Error('the thread that hashes passwords has ended'))
  if (queue.length > 0) next(openLane())
}
