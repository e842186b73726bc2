import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../platform/log.ts'

const PATIENCE_MS = 10_000
/** npm passes on a Ctrl-C that the terminal has already sent to us: an echo, not a second wish. */
const ECHO_MS = 300
const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** What was opened, in order; closing goes backwards, each part within 10 seconds, and one failure stops no other. */
export type Parts = {
  add(name: string, close: () => Promise<unknown>): void
  closeAll(): Promise<void>
  /** All within the same 10 seconds. */
  closeAllAtOnce(): Promise<void>
}

export function openParts(log: Logger): Parts {
  const closers: { name: string; close: () => Promise<unknown> }[] = []
  return {
    add: (name, close) => void closers.push({ name, close }),
    async closeAllAtOnce() {
      await Promise.all(closers.splice(0).map((part) => closeWithin(part.name, part.close, log)))
    },
    async closeAll() {
      for (let part = closers.pop(); part; part = closers.pop()) await closeWithin(part.name, part.close, log)
    },
  }
}

/** Runs `open`; when it fails, whatever it had opened is closed again before the error goes on. */
export async function openWith(log: Logger, open: (parts: Parts) => Promise<void>): Promise<void> {
  const parts = openParts(log)
  // From the first part on: Ctrl-C during a long first start leaves no database behind either.
  closeOnSignal(parts, log)
  try {
    await open(parts)
  } catch (error) {
    await parts.closeAll()
    throw error
  }
}

/** The first signal finishes what is in flight, the second ends at once. */
function closeOnSignal(parts: Parts, log: Logger): void {
  let since: number | null = null
  const stop = async () => {
    if (since !== null && Date.now() - since > ECHO_MS) process.exit(1)
    if (since !== null) return
    since = Date.now()
    log.info('stopping; once more to stop at once')
    await parts.closeAll()
    log.info('stopped')
    process.exit(0)
  }
  for (const signal of SIGNALS) process.on(signal, () => void stop())
}

async function closeWithin(name: string, close: () => Promise<unknown>, log: Logger): Promise<void> {
  const timer = new AbortController()
  const late = sleep(PATIENCE_MS, 'late', { signal: timer.signal }).catch(() => null)
  try {
    const outcome = await Promise.race([close(), late])
    if (outcome === 'late') log.warn({ part: name }, 'did not stop in time')
  } catch (error) {
    log.error({ err: error, part: name }, 'did not stop cleanly')
  } finally {
    timer.abort()
  }
}
