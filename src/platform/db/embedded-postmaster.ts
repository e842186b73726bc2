import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** What a running postmaster writes into its data folder. */
type Postmaster = { readonly pid: number; readonly port: number; readonly ready: boolean }

const STOP_FAST_MS = 10_000
const STOP_AT_ONCE_MS = 5_000
const POLL_MS = 20

/** The postmaster that its pid file names, alive or not; null without a readable file. */
export function readPostmaster(directory: string): Postmaster | null {
  const file = path.join(directory, 'postmaster.pid')
  if (!existsSync(file)) return null
  const lines = readFileSync(file, 'utf8').split('\n')
  const pid = Number(lines[0])
  return pid > 1 ? { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' } : null
}

/** The postmaster that runs in the directory now, or null. */
export function runningPostmaster(directory: string): Postmaster | null {
  const found = readPostmaster(directory)
  return found && isPostmasterOf(found.pid, directory) ? found : null
}

/**
 * After `kill -9` of the process that started it, a postmaster goes on alone: stop it, so that ours starts with our
 * settings. A pid file whose pid now belongs to somebody else would make PostgreSQL refuse to start: remove it.
 */
export async function stopLeftover(directory: string): Promise<boolean> {
  const found = readPostmaster(directory)
  if (found === null) return false
  if (isPostmasterOf(found.pid, directory)) {
    await stopProcess(found.pid)
    return true
  }
  rmSync(path.join(directory, 'postmaster.pid'), { force: true })
  return false
}

/** Fast shutdown: sessions end, a checkpoint is written; if that takes too long, recovery does it at the next start. */
export async function stopProcess(pid: number): Promise<void> {
  const steps = [
    ['SIGINT', STOP_FAST_MS],
    ['SIGQUIT', STOP_AT_ONCE_MS],
    ['SIGKILL', STOP_AT_ONCE_MS],
  ] as const
  for (const [signal, patience] of steps) {
    sendSignal(pid, signal)
    if (await isGoneWithin(pid, patience)) return
  }
}

/** Sends a signal; a process that is gone already is no error. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    return
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !isZombie(pid)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

async function isGoneWithin(pid: number, patience: number): Promise<boolean> {
  for (const deadline = Date.now() + patience; Date.now() < deadline; await sleep(POLL_MS)) {
    if (!isAlive(pid)) return true
  }
  return !isAlive(pid)
}

/** In a container without an init nobody reaps orphans: a dead postmaster stays as a zombie. */
function isZombie(pid: number): boolean {
  try {
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

function isPostmasterOf(pid: number, directory: string): boolean {
  if (!isAlive(pid)) return false
  try {
    // A postmaster's working directory is its data folder.
    if (process.platform === 'linux') return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(directory)
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).includes(directory)
  } catch {
    return false
  }
}
