// Runs on whatever Node the machine has (20 or newer): no dependencies, no TypeScript.
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'

const STALE_AFTER_MS = 10 * 60_000

/**
 * Runs `work` while the folder `lock` is ours. mkdir is atomic: of two processes at once one works, the other waits and
 * then finds it done. A holder that died, or that hangs for ten minutes, loses it. Throws where nothing can be written.
 *
 * @param {string} lock
 * @param {() => Promise<void> | void} work
 */
export async function withLock(lock, work) {
  await take(lock)
  const release = () => rmSync(lock, { recursive: true, force: true })
  const releaseAndExit = () => {
    release()
    process.exit(130)
  }
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, releaseAndExit)
  try {
    await work()
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, releaseAndExit)
    release()
  }
}

async function take(lock) {
  for (;;) {
    try {
      mkdirSync(lock)
      writeFileSync(`${lock}/pid`, String(process.pid))
      return
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    if (isStale(lock)) rmSync(lock, { recursive: true, force: true })
    else await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

function isStale(lock) {
  try {
    if (Date.now() - statSync(lock).mtimeMs > STALE_AFTER_MS) return true
    process.kill(Number(readFileSync(`${lock}/pid`, 'utf8')), 0)
    return false
  } catch (error) {
    return error.code === 'ESRCH'
  }
}
