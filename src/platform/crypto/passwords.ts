import { hash, verify } from '@node-rs/argon2'
import { unavailable } from '../errors.ts'

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane; about 11 ms of one core. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const
/** Hashing at once: more would only take the cores from everything else. */
const LANES = 2
/** Waiting beyond this would be answered too late to be of use. */
const LONGEST_QUEUE = 1000
/** What a sign-in to an unknown account is checked against, so that it takes as long as a known one. */
const NOBODYS =
  '$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgc2FsdCAxNg$23VWbPtrAVE06tpSyPP2OVp0lZTzO9CYCdEXz6vSAA4'

let running = 0
const queue: (() => void)[] = []

/** An argon2id hash in PHC format. Off the event loop; 503 `auth.busy` when a thousand are waiting. */
export function hashPassword(password: string): Promise<string> {
  return inTurn(() => hash(password, PARAMETERS))
}

/** Null stands for an account that does not exist or has no password: false, after the same work. */
export function verifyPassword(passwordHash: string | null, password: string): Promise<boolean> {
  return inTurn(async () => (await verify(passwordHash ?? NOBODYS, password)) && passwordHash !== null)
}

/** True when the hash was made with other parameters than today's. */
export function isOutdated(passwordHash: string): boolean {
  return !passwordHash.startsWith('$argon2id$v=19$m=19456,t=2,p=1$')
}

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (queue.length >= LONGEST_QUEUE)
    throw unavailable('auth.busy', 'Too many people are signing in; try again shortly.')
  if (running >= LANES) await new Promise<void>((resolve) => queue.push(resolve))
  else running++
  try {
    return await work()
  } finally {
    const next = queue.shift()
    if (next) next()
    else running--
  }
}
