import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { readFile } from 'node:fs/promises'
import net from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { OperatorError } from '../errors.ts'
import { embeddedBinaries, majorVersion } from './embedded-binaries.ts'
import { readPostmaster, sendSignal, stopLeftover, stopProcess } from './embedded-postmaster.ts'
import { chooseLaunch, giveTo, type Launch } from './embedded-user.ts'

export type ClusterOptions = {
  /** The data folder; made by initdb when it does not exist. Its parent must exist and be reachable. */
  readonly directory: string
  /** Default: the embedded PostgreSQL 18. Any bindir from 15 on will do. */
  readonly binaries?: string
  /** Of the superuser `postgres`; needed again at every start of the same folder. Default: random. */
  readonly password?: string
  /** Default: a free one. */
  readonly port?: number
  /** postgresql.conf entries over the defaults of this file. */
  readonly settings?: Readonly<Record<string, string>>
  /** False for throw-away clusters: no fsync, commits are lost with the machine. */
  readonly durable?: boolean
  /** Called once when the server ends without having been asked to. */
  readonly onLost?: () => void
}

export type Cluster = {
  /** As the superuser, to the database `postgres`. */
  readonly superUrl: string
  readonly port: number
  readonly pid: number
  /** Fast shutdown, bounded: at most 20 seconds. */
  stop(): Promise<void>
}

const START_PATIENCE_MS = 60_000
const POLL_MS = 20
const LOG_LIMIT_BYTES = 10_000_000
const SUPERUSER = 'postgres'

/** For two shared cores and little memory; what a machine of its own should have is for its own server. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '192MB',
  effective_cache_size: '1GB',
  work_mem: '8MB',
  maintenance_work_mem: '64MB',
  max_wal_size: '1GB',
  wal_level: 'replica',
  wal_compression: 'on',
  random_page_cost: '1.1',
  jit: 'off',
  password_encryption: 'scram-sha-256',
  timezone: 'UTC',
  log_timezone: 'UTC',
}
const THROW_AWAY = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }

/**
 * Starts a PostgreSQL of our own and answers when it takes connections. A postmaster that an earlier process left
 * behind in the folder is stopped first. It never outlives this process by a normal exit; after `kill -9` the next
 * start finds it. Throws with the reason from the server's own log.
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const binaries = options.binaries ?? embeddedBinaries()
  const password = options.password ?? randomBytes(24).toString('hex')
  const launch = chooseLaunch(binaries, path.dirname(options.directory))
  await stopLeftover(options.directory)
  if (!existsSync(path.join(options.directory, 'PG_VERSION'))) {
    initialise(options.directory, binaries, password, launch)
  }
  giveTo(launch, options.directory)
  const port = options.port ?? (await freePort())
  writeSettings(options, port, launch)
  const child = launchPostgres(options.directory, binaries, launch)
  const guard = guardChild(child)
  const pid = await untilReady(child, options.directory)
  guard.watch(options.onLost)
  return {
    superUrl: `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/postgres`,
    port,
    pid,
    stop: guard.stop,
  }
}

/** A port of 127.0.0.1 that nobody listens on at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

/** Made under another name and renamed when it is whole: a run that was cut short leaves nothing that looks usable. */
function initialise(directory: string, binaries: string, password: string, launch: Launch): void {
  const unfinished = `${directory}.new`
  const passwordFile = `${directory}.password`
  rmSync(unfinished, { recursive: true, force: true })
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(unfinished, { mode: 0o700 })
  writeFileSync(passwordFile, password, { mode: 0o600 })
  try {
    giveTo(launch, unfinished)
    giveTo(launch, passwordFile)
    runInitdb(unfinished, binaries, passwordFile, launch)
    renameSync(unfinished, directory)
  } finally {
    rmSync(passwordFile, { force: true })
  }
}

function runInitdb(directory: string, binaries: string, passwordFile: string, launch: Launch): void {
  // The builtin provider (17 on) sorts by code point and never changes with the machine's C library.
  const locale = majorVersion(binaries) >= 17 ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : []
  const access = [`--username=${SUPERUSER}`, '--auth=scram-sha-256', `--pwfile=${passwordFile}`]
  const content = ['--encoding=UTF8', '--locale=C', ...locale, '--data-checksums', '--no-instructions']
  const [command, ...rest] = [...launch.prefix, path.join(binaries, 'initdb'), `--pgdata=${directory}`]
  try {
    execFileSync(command!, [...rest, ...access, ...content], { ...surroundings(launch), stdio: 'pipe' })
  } catch (error) {
    const output = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error)
    throw new OperatorError(`initdb failed: ${lastReason(output)}`)
  }
}

/** Written anew at each start; what an operator sets by ALTER SYSTEM stands in postgresql.auto.conf and wins. */
function writeSettings(options: ClusterOptions, port: number, launch: Launch): void {
  const durability = options.durable === false ? THROW_AWAY : {}
  const settings = { ...SETTINGS, ...durability, ...options.settings, port: String(port) }
  const lines = Object.entries(settings).map(
    ([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`,
  )
  const file = path.join(options.directory, 'postgresql.conf')
  writeFileSync(file, lines.join(''), { mode: 0o600 })
  giveTo(launch, file)
}

function launchPostgres(directory: string, binaries: string, launch: Launch): ChildProcess {
  const logFile = `${directory}.log`
  if (existsSync(logFile) && statSync(logFile).size > LOG_LIMIT_BYTES) renameSync(logFile, `${logFile}.1`)
  // Emptied at each start only when it grew; the reason of a failed start is read from its end.
  const log = openSync(logFile, 'a', 0o600)
  const [command, ...args] = [...launch.prefix, path.join(binaries, 'postgres'), '-D', directory]
  try {
    // Detached: a Ctrl-C on the terminal must reach only us; we stop the server when the requests are answered.
    return spawn(command!, args, { ...surroundings(launch), detached: true, stdio: ['ignore', log, log] })
  } finally {
    closeSync(log)
  }
}

/** None of the caller's PG* variables, locale or closed home folder. */
function surroundings(launch: Launch) {
  return {
    ...launch.identity,
    cwd: '/',
    env: { PATH: process.env.PATH, HOME: '/', LC_ALL: 'C', TZ: 'UTC' },
  }
}

async function untilReady(child: ChildProcess, directory: string): Promise<number> {
  const { logFile, begin } = { logFile: `${directory}.log`, begin: statSync(`${directory}.log`).size }
  let failure: Error | null = null
  child.once('error', (error) => {
    failure = error
  })
  for (const deadline = Date.now() + START_PATIENCE_MS; Date.now() < deadline; await sleep(POLL_MS)) {
    const ended = failure !== null || child.exitCode !== null || child.signalCode !== null
    if (ended) break
    const postmaster = readPostmaster(directory)
    if (postmaster?.ready && postmaster.pid === child.pid) return postmaster.pid
  }
  if (child.pid !== undefined && child.exitCode === null) await stopProcess(child.pid)
  const said = (await readFile(logFile, 'utf8')).slice(begin)
  throw new OperatorError(
    `PostgreSQL did not start: ${lastReason(said) || String(failure ?? 'no reason given')}`,
  )
}

function lastReason(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '')
  const fatal = lines.findLast((line) => /FATAL|PANIC|error:/.test(line)) ?? lines.at(-1) ?? ''
  return fatal.replace(/^.*?(FATAL|PANIC|error): +/, '')
}

/** However this process ends (short of SIGKILL), also while the server starts, the server is told to end too. */
function guardChild(child: ChildProcess) {
  let asked = false
  const stopAtExit = () => void (child.pid !== undefined && sendSignal(child.pid, 'SIGINT'))
  process.once('exit', stopAtExit)
  child.unref()
  child.once('exit', () => process.removeListener('exit', stopAtExit))
  return {
    watch(onLost?: () => void): void {
      const lost = () => void (!asked && onLost?.())
      if (child.exitCode === null && child.signalCode === null) child.once('exit', lost)
      else lost()
    },
    async stop(): Promise<void> {
      asked = true
      if (child.pid !== undefined) await stopProcess(child.pid)
      process.removeListener('exit', stopAtExit)
    },
  }
}
