import pg from 'pg'
import type { Config } from '../config.ts'
import { OperatorError } from '../errors.ts'
import type { Logger } from '../log.ts'
import { runningEmbedded, startEmbedded } from './embedded.ts'

export type OpenDatabase = {
  readonly ownerUrl: string
  readonly appUrl: string
  readonly workerUrl: string
  /** Ends the embedded database if this process started it; a given one is left alone. */
  stop(): Promise<void>
}

const OLDEST = 15
const PATIENCE_MS = 5_000

/** The given database, checked, or else the embedded one, started. Throws OperatorError. */
export async function openDatabase(config: Config, log: Logger): Promise<OpenDatabase> {
  return (await givenDatabase(config)) ?? (await startEmbedded({ dataDir: config.dataDir, log }))
}

/** The same for a command that may run beside `start`: then it uses the database that runs already. */
async function joinDatabase(config: Config, log: Logger): Promise<OpenDatabase> {
  return (await givenDatabase(config)) ?? runningEmbedded(config.dataDir) ?? openDatabase(config, log)
}

/** The owner's URL alone, for commands that need no other role. Throws OperatorError. */
export async function joinAsOwner(
  config: Config,
  log: Logger,
): Promise<Pick<OpenDatabase, 'ownerUrl' | 'stop'>> {
  const { databaseOwnerUrl } = config
  if (databaseOwnerUrl === null) return joinDatabase(config, log)
  await withClient('DATABASE_OWNER_URL', databaseOwnerUrl, async () => {})
  return { ownerUrl: databaseOwnerUrl, stop: async () => {} }
}

/** For `server` and `worker`, which never migrate: one database that others prepared. Throws OperatorError. */
export async function assertRuntimeRole(variable: string, url: string): Promise<void> {
  await withClient(variable, url, async (client) => {
    const { rows } = await client.query<RoleRow>(`${ROLE} WHERE rolname = current_user`)
    assertLimited(variable, rows[0])
  })
}

/** Exported for its test: no PostgreSQL that old is at hand. */
export function assertVersion(variable: string, versionNumber: number): void {
  const major = Math.floor(versionNumber / 10_000)
  if (major >= OLDEST) return
  throw new OperatorError(`${variable} leads to PostgreSQL ${major}: expected ${OLDEST} or newer`)
}

type RoleRow = { readonly name: string; readonly unlimited: boolean }
const ROLE = 'SELECT rolname AS name, rolsuper OR rolbypassrls AS unlimited FROM pg_roles'

async function givenDatabase(config: Config): Promise<OpenDatabase | null> {
  const { databaseUrl, databaseOwnerUrl, databaseWorkerUrl } = config
  if (databaseUrl === null && databaseOwnerUrl === null) {
    if (databaseWorkerUrl !== null) throw missing('DATABASE_URL', 'DATABASE_WORKER_URL')
    return null
  }
  if (databaseOwnerUrl === null) throw missing('DATABASE_OWNER_URL', 'DATABASE_URL')
  if (databaseUrl === null || databaseWorkerUrl === null) throw missing('DATABASE_URL', 'DATABASE_OWNER_URL')
  const given = { ownerUrl: databaseOwnerUrl, appUrl: databaseUrl, workerUrl: databaseWorkerUrl }
  await assertGiven(given)
  return { ...given, stop: async () => {} }
}

type Urls = Omit<OpenDatabase, 'stop'>

/** Seen through the owner: before the first migration the runtime roles may not exist yet. */
async function assertGiven({ ownerUrl, appUrl, workerUrl }: Urls): Promise<void> {
  if (userOf(appUrl) === userOf(ownerUrl)) {
    throw new OperatorError(
      'DATABASE_URL names the role of DATABASE_OWNER_URL: expected app_user, since an owner passes row security',
    )
  }
  await withClient('DATABASE_OWNER_URL', ownerUrl, async (client) => {
    await assertRole(client, 'DATABASE_URL', userOf(appUrl), 'app_user')
    await assertRole(client, 'DATABASE_WORKER_URL', userOf(workerUrl), 'app_worker')
  })
}

/** A migration makes the one role that may be missing. */
async function assertRole(client: pg.Client, variable: string, user: string, made: string): Promise<void> {
  const { rows } = await client.query<RoleRow>(`${ROLE} WHERE rolname = $1`, [user])
  if (rows.length === 0 && user !== made) {
    throw new OperatorError(`${variable} names the role "${user}", which does not exist: expected ${made}`)
  }
  assertLimited(variable, rows[0])
}

/** For `start`, once migrations made the roles: all three addresses open, and lead to one database. Throws OperatorError. */
export async function assertOneDatabase({ ownerUrl, appUrl, workerUrl }: Urls): Promise<void> {
  const owners = await identityOf('DATABASE_OWNER_URL', ownerUrl)
  for (const [variable, url] of [
    ['DATABASE_URL', appUrl],
    ['DATABASE_WORKER_URL', workerUrl],
  ] as const) {
    if ((await identityOf(variable, url)) === owners) continue
    throw new OperatorError(
      `${variable} leads to another database than DATABASE_OWNER_URL: expected the same`,
    )
  }
}

/** The server is told by when it started: its own view of its address differs from ours behind a pooler. */
async function identityOf(variable: string, url: string): Promise<string> {
  let identity = ''
  await withClient(variable, url, async (client) => {
    const { rows } = await client.query<{ identity: string }>(
      `SELECT pg_postmaster_start_time() || ' ' || current_database() AS identity`,
    )
    identity = rows[0]!.identity
  })
  return identity
}

function userOf(url: string): string {
  return decodeURIComponent(new URL(url).username)
}

function assertLimited(variable: string, role: RoleRow | undefined): void {
  if (!role?.unlimited) return
  throw new OperatorError(
    `${variable} names the role "${role.name}", which passes row security: expected one without SUPERUSER and BYPASSRLS`,
  )
}

async function withClient(variable: string, url: string, work: (client: pg.Client) => Promise<void>) {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: PATIENCE_MS })
  // A server that goes away while nothing is asked must not end the process.
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query<{ version: number }>(
      `SELECT current_setting('server_version_num')::int AS version`,
    )
    assertVersion(variable, rows[0]!.version)
    await work(client)
  } catch (error) {
    throw error instanceof OperatorError ? error : unreachable(variable, url, error)
  } finally {
    await client.end().catch(() => {})
  }
}

function unreachable(variable: string, url: string, error: unknown): OperatorError {
  const reason =
    error instanceof Error ? error.message || ('code' in error ? String(error.code) : '') : String(error)
  return new OperatorError(`${variable}: the database at ${new URL(url).host} cannot be used (${reason})`)
}

function missing(variable: string, other: string): OperatorError {
  return new OperatorError(
    `${variable} is not set, but ${other} is: expected both, or none for the embedded database`,
  )
}
