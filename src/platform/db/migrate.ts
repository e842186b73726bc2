import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { type Migration, MigrationError, readMigrations } from './migration-files.ts'
import { installQueue } from './queue-schema.ts'
import { prepareRoles } from './roles.ts'
import { runScript } from './run-script.ts'

export { MigrationError } from './migration-files.ts'

export type MigrateOptions = {
  /** The folder with `roles.sql`, `queue.sql` and `migrations/`. */
  readonly dir: string
  /** Give app_user and app_worker the passwords in these; without them the roles keep what they have. */
  readonly appUrl?: string | undefined
  readonly workerUrl?: string | undefined
  /** How long a statement may wait for a lock. Unset: 5,000. */
  readonly lockTimeoutMs?: number
  readonly onApply?: (name: string, seconds: number) => void
}

const OLDEST_SERVER = 150_000
/** One runner a database; the number has no meaning. */
const LOCK_KEY = 4_217_190_526
/** A migration that waits longer for a lock would queue every reader behind it. */
const LOCK_TIMEOUT_MS = 5_000

/**
 * Brings the database to the newest version as its owner: roles, the job queue's schema, then each pending file in a
 * transaction of its own. A second runner waits for the first and finds nothing to do. Returns the names applied. Throws
 * MigrationError with one line to show. Needs a direct connection: the lock belongs to the session.
 */
export async function migrate(ownerUrl: string, options: MigrateOptions): Promise<readonly string[]> {
  const migrations = readMigrations(join(options.dir, 'migrations'))
  return asOwner(ownerUrl, async (owner) => {
    await lock(owner)
    const pending = await pendingOf(owner, migrations)
    await prepareRoles(owner, ownerUrl, options)
    await installQueue(owner, ownerUrl, options.dir)
    await createHistory(owner)
    await owner.query(`set lock_timeout = ${options.lockTimeoutMs ?? LOCK_TIMEOUT_MS}`)
    for (const migration of pending) {
      const seconds = await apply(owner, migration)
      options.onApply?.(migration.name, seconds)
    }
    return pending.map((migration) => migration.name)
  })
}

/** The names that `migrate` would apply. Changes nothing; refuses what `migrate` would refuse. */
export async function pendingMigrations(
  ownerUrl: string,
  options: { readonly dir: string },
): Promise<readonly string[]> {
  const migrations = readMigrations(join(options.dir, 'migrations'))
  const pending = await asOwner(ownerUrl, (owner) => pendingOf(owner, migrations))
  return pending.map((migration) => migration.name)
}

async function asOwner<T>(ownerUrl: string, work: (owner: pg.Client) => Promise<T>): Promise<T> {
  const owner = new pg.Client({
    connectionString: ownerUrl,
    application_name: 'bcn migrate',
    connectionTimeoutMillis: 10_000,
  })
  // A connection lost in the middle is reported by the statement that meets it.
  owner.on('error', () => {})
  try {
    await owner.connect()
    await refuseOldServer(owner)
    await owner.query(
      `set statement_timeout = 0; set idle_in_transaction_session_timeout = 0; set timezone = 'UTC'`,
    )
    return await work(owner)
  } finally {
    await owner.end()
  }
}

async function refuseOldServer(owner: pg.Client): Promise<void> {
  const { rows } = await owner.query<{ number: number; version: string }>(
    `select current_setting('server_version_num')::int as number, current_setting('server_version') as version`,
  )
  const server = rows[0]!
  if (server.number < OLDEST_SERVER) {
    throw new MigrationError(`PostgreSQL ${server.version} is too old: 15 or newer is needed`)
  }
}

/** Asks again instead of waiting inside a statement, whose snapshot CREATE INDEX CONCURRENTLY would wait for. */
async function lock(owner: pg.Client): Promise<void> {
  for (;;) {
    const { rows } = await owner.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [
      LOCK_KEY,
    ])
    if (rows[0]?.locked) return
    await delay(100)
  }
}

async function createHistory(owner: pg.Client): Promise<void> {
  await owner.query(`
    create table if not exists public.schema_migrations (
      version int primary key,
      name text not null,
      checksum text not null,
      applied_at timestamptz not null default now(),
      duration_ms int not null
    )`)
}

type Applied = { version: number; name: string; checksum: string }

async function pendingOf(owner: pg.Client, migrations: readonly Migration[]): Promise<Migration[]> {
  const applied = await history(owner)
  for (const row of applied) refuseForeign(row, migrations)
  const newest = applied.at(-1)?.version ?? 0
  const pending = migrations.filter(({ version }) => !applied.some((row) => row.version === version))
  const late = pending.find(({ version }) => version < newest)
  if (late)
    throw new MigrationError(
      `${late.name} comes before version ${newest}, which is applied: give it a newer number`,
    )
  return pending
}

async function history(owner: pg.Client): Promise<Applied[]> {
  const { rows } = await owner.query(`select to_regclass('public.schema_migrations') is not null as exists`)
  if (!rows[0].exists) return []
  return (
    await owner.query<Applied>(
      'select version, name, checksum from public.schema_migrations order by version',
    )
  ).rows
}

function refuseForeign(applied: Applied, migrations: readonly Migration[]): void {
  const file = migrations.find(({ version }) => version === applied.version)
  if (!file && applied.version > (migrations.at(-1)?.version ?? 0)) {
    throw new MigrationError(
      `the database has ${applied.name}, which is newer than this code: deploy the code that knows it`,
    )
  }
  if (!file) throw new MigrationError(`${applied.name} was applied to the database but its file is gone`)
  if (file.checksum !== applied.checksum) {
    throw new MigrationError(
      `${file.name} was changed after it was applied: restore it and write a new migration`,
    )
  }
}

async function apply(owner: pg.Client, migration: Migration): Promise<number> {
  const started = performance.now()
  const record = () =>
    owner.query(
      'insert into public.schema_migrations (version, name, checksum, duration_ms) values ($1, $2, $3, $4)',
      [migration.version, migration.name, migration.checksum, Math.round(performance.now() - started)],
    )
  if (migration.inTransaction) await inTransaction(owner, () => runScript(owner, migration), record)
  else {
    await runScript(owner, migration)
    await record()
  }
  return (performance.now() - started) / 1000
}

async function inTransaction(owner: pg.Client, ...steps: (() => Promise<unknown>)[]): Promise<void> {
  await owner.query('begin')
  try {
    for (const step of steps) await step()
    await owner.query('commit')
  } catch (error) {
    await owner.query('rollback').catch(() => null)
    throw error
  }
}
