import { linkSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { isAlive } from './embedded-postmaster.ts'

/** The process that uses a data folder. `started` tells it from a later one that was given the same pid. */
type Holder = { readonly pid: number; readonly started: string | null }

export type Lock = { release(): void }

/**
 * Takes the lock file or names its holder: `{ heldBy: pid }`. A lock whose process is dead is taken over.
 * Written whole before it gets its name (link is atomic), so nobody reads half a lock.
 */
export function takeLock(file: string): Lock | { readonly heldBy: number } {
  const mine = `${file}.${process.pid}`
  writeFileSync(mine, JSON.stringify({ pid: process.pid, started: startOf(process.pid) }), { mode: 0o600 })
  try {
    return placeLock(file, mine)
  } finally {
    rmSync(mine, { force: true })
  }
}

/** The pid of the living process that holds the lock, or null. */
export function lockHolder(file: string): number | null {
  const holder = readHolder(file)
  return holder && isHeld(holder) ? holder.pid : null
}

function placeLock(file: string, mine: string): Lock | { readonly heldBy: number } {
  for (;;) {
    try {
      linkSync(mine, file)
      return { release: () => releaseLock(file) }
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
    const heldBy = lockHolder(file)
    if (heldBy !== null) return { heldBy }
    dropStale(file, `${mine}.stale`)
  }
}

/** Of two that found it stale, one may move away the fresh lock of the other: then it is put back. */
function dropStale(file: string, aside: string): void {
  try {
    renameSync(file, aside)
    const holder = readHolder(aside)
    if (holder && isHeld(holder)) linkSync(aside, file)
    unlinkSync(aside)
  } catch {
    // Somebody else was faster; the next round sees what stands.
    return
  }
}

function releaseLock(file: string): void {
  if (readHolder(file)?.pid === process.pid) rmSync(file, { force: true })
}

function isHeld(holder: Holder): boolean {
  if (!isAlive(holder.pid)) return false
  return holder.started === null || holder.started === startOf(holder.pid)
}

function readHolder(file: string): Holder | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder
  } catch {
    return null
  }
}

/** When a process began, in clock ticks of this boot; null where there is no /proc. */
function startOf(pid: number): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // Field 22; the second one, the name, may hold spaces and ends at the last bracket.
    return `${boot} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`
  } catch {
    return null
  }
}
