import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../platform/log.ts'
import type { CommandContext } from './command.ts'

const PATIENCE_MS = 10_000
/** npm passes on a Ctrl-C that the terminal has already sent to us: an echo, not a second wish. */
const ECHO_MS = 300
/** SIGHUP: the terminal was closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const PARENT_CHECK_MS = 500

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
export async function openWith(
  { config, log }: Pick<CommandContext, 'config' | 'log'>,
  open: (parts: Parts) => Promise<void>,
): Promise<void> {
  const parts = openParts(log)
  // From the first part on: Ctrl-C during a long first start leaves no database behind either.
  const isStopping = closeOnSignal(parts, log, config.underNpm)
  try {
    await open(parts)
  } catch (error) {
    // What fails because we are closing it is no fault; the process ends when everything is closed.
    if (isStopping()) return await new Promise<never>(() => {})
    await parts.closeAll()
    throw error
  }
}

/** The first signal finishes what is in flight, the second ends at once. Answers whether the first has come. */
function closeOnSignal(parts: Parts, log: Logger, underNpm: boolean): () => boolean {
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
  if (underNpm) whenParentIsGone(stop)
  return () => since !== null
}

/** A SIGTERM for npm ends npm and its shell, which does not pass it on: that our parent is gone is how we hear of it. */
function whenParentIsGone(stop: () => Promise<void>): void {
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    void stop()
  }, PARENT_CHECK_MS)
  timer.unref()
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
