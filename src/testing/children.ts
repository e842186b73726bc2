import type { ChildProcess } from 'node:child_process'

const children = new Set<ChildProcess>()

/** Kills the child when this process ends, by a signal too: a test that is broken off leaves no server behind. */
export function endWithUs(child: ChildProcess): void {
  if (children.size === 0) watch()
  children.add(child)
  child.once('exit', () => children.delete(child))
}

function watch(): void {
  if (process.listeners('exit').includes(killAll)) return
  process.on('exit', killAll)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1))
}

function killAll(): void {
  for (const child of children) child.kill('SIGKILL')
}
