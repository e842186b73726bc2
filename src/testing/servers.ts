import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { embeddedBinaries } from '../platform/db/embedded-binaries.ts'
import { startTestCluster, type TestCluster } from './cluster.ts'
import { withClient } from './connections.ts'

/** A PostgreSQL that tests may create databases on. The URLs name its maintenance database. */
export type TestServer = {
  readonly name: string
  readonly version: number
  /** What the names of our databases begin with: two runs may share a server that was given to us. */
  readonly prefix: string
  readonly ownerUrl: string
  readonly appUrl: string
  readonly workerUrl: string
  /** Absent on a server that was given to us by DATABASE_OWNER_URL. */
  readonly superUrl?: string
}

/** Set by the test runner, so that every test file shares the clusters that it started. */
export const serversVariable = 'BCN_TEST_SERVERS'

let known: Promise<readonly TestServer[]> | undefined

/** The server that tests run on: the given one, or an embedded PostgreSQL 18. */
export async function mainServer(): Promise<TestServer> {
  return (await servers())[0]!
}

/** The main server first, then a PostgreSQL 15 where its binaries are found: for tests of the schema itself. */
export function servers(): Promise<readonly TestServer[]> {
  known ??= findServers()
  return known
}

/** Runs the callback against each of `servers()`, one after the other. */
export async function forEachServer(callback: (server: TestServer) => Promise<void>): Promise<void> {
  for (const server of await servers()) await callback(server)
}

async function findServers(): Promise<readonly TestServer[]> {
  const shared = process.env[serversVariable]
  if (shared) return JSON.parse(shared)
  const clusters = await startServers()
  process.once('beforeExit', () => Promise.all(clusters.map((cluster) => cluster.stop())))
  return clusters.map((cluster) => cluster.server)
}

/** Starts what `servers()` promises. Clusters end with this process; the runner stops them itself, to wait for it. */
export async function startServers(): Promise<readonly TestCluster[]> {
  const main = useGivenServer() ?? startTestCluster('embedded', embeddedBinaries())
  const debian = debianBindir()
  return Promise.all(debian ? [main, startTestCluster('debian', debian)] : [main])
}

function useGivenServer(): Promise<TestCluster> | undefined {
  const { DATABASE_URL: app, DATABASE_OWNER_URL: owner, DATABASE_WORKER_URL: worker } = process.env
  if (!app && !owner) return undefined
  if (!app || !owner)
    throw new Error('Tests on a server of yours need both DATABASE_URL and DATABASE_OWNER_URL')
  return given(app, owner, worker ?? asRole(app, 'app_worker'))
}

async function given(appUrl: string, ownerUrl: string, workerUrl: string): Promise<TestCluster> {
  const prefix = `bcn_test_${randomBytes(4).toString('hex')}`
  const number = await withClient(ownerUrl, (owner) => owner.query('SHOW server_version_num'))
  const version = Math.floor(Number(number.rows[0].server_version_num) / 10_000)
  return {
    server: { name: 'given', version, prefix, ownerUrl, appUrl, workerUrl },
    stop: () => dropAll(ownerUrl, prefix),
  }
}

function asRole(url: string, role: string): string {
  const changed = new URL(url)
  changed.username = role
  return changed.href
}

function dropAll(ownerUrl: string, prefix: string): Promise<void> {
  return withClient(ownerUrl, async (owner) => {
    const ours = await owner.query('SELECT datname FROM pg_database WHERE starts_with(datname, $1)', [prefix])
    // Without FORCE: backends of a test that was killed are waited for, and are not the owner's to end.
    for (const { datname } of ours.rows) await owner.query(`DROP DATABASE ${datname}`)
  })
}

/** On Debian `pg_config` may be the wrapper of postgresql-common, which answers for the newest version. */
function debianBindir(): string | undefined {
  try {
    const bindir = execFileSync('pg_config', ['--bindir'], { encoding: 'utf8', stdio: 'pipe' }).trim()
    return existsSync(join(bindir, 'initdb')) ? bindir : undefined
  } catch {
    return undefined
  }
}
