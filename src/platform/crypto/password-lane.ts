import { readlinkSync } from 'node:fs'
import { getPriority, setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import { hashSync, verifySync } from '@node-rs/argon2'

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane; about 11 ms of one core. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

/** How much nicer than the rest of the process: the kernel lets whoever answers a reader in between at once. */
const NICER = 5

/** What to hash, or to compare with a hash. */
export type Work = { readonly password: string; readonly against: string | null }
export type Answer = { readonly value: string | boolean } | { readonly fault: string }

/** Runs as a thread of its own that does nothing else: one after the other, each answered before the next one comes. */
parentPort?.on('message', (work: Work) => parentPort?.postMessage(answer(work)))
stepBack()

function answer({ password, against }: Work): Answer {
  try {
    return { value: against === null ? hashSync(password, PARAMETERS) : verifySync(against, password) }
  } catch (error) {
    return { fault: String(error) }
  }
}

/** Linux keeps a priority for each thread, by its number. Elsewhere all threads share one, and this one keeps it. */
function stepBack(): void {
  try {
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1))
    setPriority(thread, Math.min(19, getPriority() + NICER))
  } catch {
    // It is not needed, only kinder.
  }
}
