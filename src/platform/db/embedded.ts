import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { OperatorError } from '../errors.ts'
import type { Logger } from '../log.ts'
import { type Cluster, freePort, startCluster } from './embedded-cluster.ts'
import { type Lock, lockHolder, takeLock } from './embedded-lock.ts'
import { runningPostmaster } from './embedded-postmaster.ts'
import { DATABASE, OWNER, prepareDatabase } from './embedded-roles.ts'

export { type Cluster, type ClusterOptions, freePort, startCluster } from './embedded-cluster.ts'

export type Embedded = {
  readonly ownerUrl: string
  readonly appUrl: string
  readonly workerUrl: string
  readonly superUrl: string
  stop(): Promise<void>
}

/** The data folder is in use by another process. */
export class DataFolderInUse extends OperatorError {
  override readonly name = 'DataFolderInUse'
}

type Passwords = Readonly<Record<'postgres' | typeof OWNER | 'app_user' | 'app_worker', string>>
type Options = { readonly dataDir: string; readonly log: Logger }

const RESTARTS = 5
const PORT_PATIENCE_MS = 2_000
const STATISTICS = {
  shared_preload_libraries: 'pg_stat_statements',
  // Utility statements would keep the passwords of CREATE ROLE in the view.
  'pg_stat_statements.track_utility': 'off',
}

/**
 * The database that needs no set-up: a real PostgreSQL 18 in `<dataDir>/postgres`, on a port and with passwords kept
 * beside it, its database owned by a role that is no superuser. A server that dies is started again on the same port.
 * Throws DataFolderInUse when another process has the folder.
 */
export async function startEmbedded({ dataDir, log }: Options): Promise<Embedded> {
  mkdirSync(dataDir, { recursive: true })
  const lock = takeLock(lockFile(dataDir))
  if ('heldBy' in lock) {
    throw new DataFolderInUse(`the data folder ${dataDir} is in use by process ${lock.heldBy}`)
  }
  try {
    return await superviseCluster({ dataDir, log }, lock)
  } catch (error) {
    lock.release()
    throw error
  }
}

/** The embedded database of a process that runs on the folder now, for a command beside it; null when none runs. */
export function runningEmbedded(dataDir: string): Embedded | null {
  if (lockHolder(lockFile(dataDir)) === null) return null
  const postmaster = runningPostmaster(clusterFolder(dataDir))
  if (!postmaster?.ready || !existsSync(passwordFile(dataDir))) return null
  return { ...urls(postmaster.port, readPasswords(dataDir)), stop: async () => {} }
}

async function superviseCluster(options: Options, lock: Lock): Promise<Embedded> {
  const passwords = readPasswords(options.dataDir)
  let stopping = false
  let current = await launchPastOrphans(options, passwords, () => void revive())
  await prepareDatabase(current.superUrl, passwords[OWNER])

  async function revive(): Promise<void> {
    for (let attempt = 1; attempt <= RESTARTS && !stopping; attempt++) {
      options.log.error({ attempt }, 'the embedded database ended unexpectedly; starting it again')
      try {
        current = await launch(options, passwords, () => void revive())
        if (stopping) await current.stop()
        return
      } catch (error) {
        options.log.error({ err: error }, 'the embedded database did not start')
        // Its orphaned backends may hold the shared memory for a moment.
        await sleep(attempt * 500)
      }
    }
    if (!stopping) options.log.fatal('the embedded database stays down: its log is in the data folder')
  }

  return {
    ...urls(current.port, passwords),
    async stop() {
      stopping = true
      await current.stop()
      lock.release()
    },
  }
}

/** The orphaned backends of a killed server may hold its shared memory for a moment, and PostgreSQL then refuses to start. */
async function launchPastOrphans(...how: Parameters<typeof launch>): Promise<Cluster> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await launch(...how)
    } catch (error) {
      if (attempt === RESTARTS || !/shared memory block/.test(String(error))) throw error
      await sleep(attempt * 500)
    }
  }
}

async function launch({ dataDir }: Options, passwords: Passwords, onLost: () => void): Promise<Cluster> {
  return startCluster({
    directory: clusterFolder(dataDir),
    password: passwords.postgres,
    port: await keptPort(dataDir),
    settings: STATISTICS,
    onLost,
  })
}

/**
 * The same port at every start, so that a psql or a restarted server finds it; another one when it was taken. A killed
 * server's port is not free at once: its orphans end within moments.
 */
async function keptPort(dataDir: string): Promise<number> {
  const file = path.join(dataDir, 'postgres.port')
  const kept = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0
  const leftover = runningPostmaster(clusterFolder(dataDir))
  if (kept > 0 && (leftover?.port === kept || (await becomesFree(kept)))) return kept
  const port = await freePort()
  writeFileSync(file, `${port}\n`)
  return port
}

async function becomesFree(port: number): Promise<boolean> {
  for (const deadline = Date.now() + PORT_PATIENCE_MS; Date.now() < deadline; await sleep(50)) {
    if (await isFree(port)) return true
  }
  return false
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = net.createServer().once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}

function readPasswords(dataDir: string): Passwords {
  const file = passwordFile(dataDir)
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Passwords
  if (existsSync(clusterFolder(dataDir))) {
    throw new Error(
      `${file} is missing, and without it the database beside it cannot be opened: restore it from a copy`,
    )
  }
  const random = () => randomBytes(24).toString('hex')
  const passwords = { postgres: random(), [OWNER]: random(), app_user: random(), app_worker: random() }
  writeFileSync(file, `${JSON.stringify(passwords, null, 2)}\n`, { mode: 0o600 })
  return passwords
}

function urls(port: number, passwords: Passwords) {
  const url = (role: keyof Passwords) => `postgres://${role}:${passwords[role]}@127.0.0.1:${port}/${DATABASE}`
  return {
    ownerUrl: url(OWNER),
    appUrl: url('app_user'),
    workerUrl: url('app_worker'),
    superUrl: url('postgres'),
  }
}

const clusterFolder = (dataDir: string) => path.join(dataDir, 'postgres')
const passwordFile = (dataDir: string) => path.join(dataDir, 'postgres.passwords')
const lockFile = (dataDir: string) => path.join(dataDir, 'postgres.lock')
