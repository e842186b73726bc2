import { writeFileSync } from 'node:fs'
import { setPriority } from 'node:os'
import { buffer } from 'node:stream/consumers'
import type { Answer, Outcome, Recipe } from './recipe.ts'
import { render } from './render.ts'

/**
 * The process that one picture is rendered in: the file on stdin, the recipe as its argument, an Answer as its message.
 * It has no environment, hence no secrets, and waits to be ended.
 */

/** A progressive JPEG of 50 megapixels takes 390 MB. */
const MOST_BYTES = 470_000_000
/** A PNG of 50 megapixels with 16 bits takes 4. */
const MOST_CPU_SECONDS = 12
const LOOK_EVERY_MS = 20

let isAnswered = false
let peakBytes = 0

yieldToOthers()
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
// Ctrl-C and a stopping service reach the whole group: our parent finishes what is in flight, and ends us.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
// The decoders work beside this loop, which is free to watch them.
setInterval(() => {
  if (isTooCostly()) answer({ refused: 'too_costly' })
}, LOOK_EVERY_MS)
const recipe: Recipe = JSON.parse(process.argv[2] ?? '')
answer(await render(await buffer(process.stdin), recipe))

/** Whoever waits for a page gets three times as much of a core; and when memory runs out, this process is the one to go. */
function yieldToOthers(): void {
  setPriority(5)
  try {
    writeFileSync('/proc/self/oom_score_adj', '1000')
  } catch {
    // Not on Linux.
  }
}

function isTooCostly(): boolean {
  // The kernel's own record of the most begins with what our parent held.
  peakBytes = Math.max(peakBytes, process.memoryUsage.rss())
  return cpuSeconds() > MOST_CPU_SECONDS || peakBytes > MOST_BYTES
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

function answer(outcome: Outcome): void {
  if (isAnswered) return
  isAnswered = true
  const told: Answer = { outcome, peakBytes, cpuSeconds: cpuSeconds() }
  process.send?.(told)
}
