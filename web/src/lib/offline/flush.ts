import { owner } from './owner.ts'
import { type Answer, sendWrite, whoIsSignedIn } from './send.ts'
import type { Write } from './store.ts'
import { change, forgetOldest, pending } from './writes.ts'

const FIRST_WAIT_MS = 5000
const LONGEST_WAIT_MS = 30 * 60_000
/** The browser may think that it has a network when it has none that leads anywhere. */
const NO_NETWORK_WAIT_MS = 60_000

/**
 * Sends what waits, oldest first, and returns how long to wait before the next try in ms; null when nothing waits for
 * time alone. One tab at a time, so that nothing is sent twice; whoever comes second finds the queue empty. `impatient`:
 * somebody asks for it, so what was put off is tried too.
 */
export function flush({ impatient = false }: { readonly impatient?: boolean } = {}): Promise<number | null> {
  if (!navigator.locks) return sendAll(impatient)
  return navigator.locks.request('offline-writes', () => sendAll(impatient))
}

async function sendAll(impatient: boolean): Promise<number | null> {
  const person = await owner()
  const { waiting } = await pending()
  if (person === undefined || waiting.length === 0) return null
  const now = await whoIsSignedIn()
  if (now === 'unreachable') return NO_NETWORK_WAIT_MS
  if (now !== person) {
    for (const write of waiting) await change(write.id, (one) => ({ ...one, needsSignIn: true }))
    return null
  }
  for (const write of waiting) {
    if (write.person !== person || (write.notBefore > Date.now() && !impatient)) continue
    // Somebody may have left, and somebody else come, while the one before was on its way.
    if (!(await isStill(person))) return null
    const answer = await sendWrite(write)
    await settle(write, answer)
    if (answer.kind === 'unreachable') return NO_NETWORK_WAIT_MS
    if (answer.stop) break
  }
  await forgetOldest()
  return nextTry()
}

async function isStill(person: string): Promise<boolean> {
  return (await owner()) === person && (await whoIsSignedIn()) === person
}

async function settle(write: Write, answer: Answer): Promise<void> {
  await change(write.id, (now) => {
    // Written anew while it was on its way: what is newer still has to go.
    if (now.revision !== write.revision) return now
    const settledAt = Date.now()
    switch (answer.kind) {
      case 'sent':
        return { ...now, state: 'sent', settledAt, needsSignIn: false }
      case 'refused':
        return { ...now, state: 'refused', settledAt, needsSignIn: false, refusal: answer.refusal }
      case 'later':
        return {
          ...now,
          attempts: now.attempts + 1,
          notBefore: settledAt + patience(now, answer.retryAfterMs),
        }
      case 'sign_in':
        return { ...now, needsSignIn: true }
      case 'unreachable':
        return now
    }
  })
}

/** Longer each time, and not the same for everybody who was sent away together. */
function patience({ attempts }: Write, retryAfterMs: number): number {
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempts)
  return Math.max(retryAfterMs, wait * (0.75 + Math.random() / 2))
}

async function nextTry(): Promise<number | null> {
  const times = (await pending()).waiting
    .filter((write) => write.attempts > 0)
    .map((write) => write.notBefore)
  return times.length === 0 ? null : Math.max(1000, Math.min(...times) - Date.now())
}
