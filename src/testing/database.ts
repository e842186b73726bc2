import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { Auditing } from '../platform/audit/index.ts'
import { readConfig } from '../platform/config.ts'
import { createFieldCipher } from '../platform/crypto/fields.ts'
import { keyRingOf } from '../platform/crypto/key-ring.ts'
import { connect, type Database } from '../platform/db/index.ts'
import { onDatabase, withClient } from './connections.ts'
import { mainServer, type TestServer } from './servers.ts'
import { templateOn } from './template.ts'

export type TestDatabase = {
  readonly name: string
  readonly server: TestServer
  readonly ownerUrl: string
  readonly appUrl: string
  readonly workerUrl: string
  /** Absent on a server that was given to us. */
  readonly superUrl?: string
  /** As `app_user`. */
  readonly db: Database
  /** As `app_worker`. */
  readonly workerDb: Database
  /** As the owner, past row security: to arrange and to look. Timestamps are text, as everywhere. */
  readonly owner: pg.Pool
  /** Drops the database; throws when a connection that the test opened itself is still there. */
  close(): Promise<void>
}

/** The one key of every test; the other keys are made from it. */
export const TEST_SECRET = 'the test house keeps no secrets at all'

const asText = { getTypeParser: () => (value: string) => value }

/** A migrated database of one's own, cloned from the template. Pass a server of `servers()` for another version. */
export async function createTestDatabase(server?: TestServer): Promise<TestDatabase> {
  const on = server ?? (await mainServer())
  const template = await templateOn(on)
  // Without fsync 45 ms a clone where wal_log, the default, takes 120 to 250.
  return open(on, await createDatabase(on, `TEMPLATE ${template} STRATEGY file_copy`))
}

/** A database with nothing in it, for tests of the migrations themselves. */
export async function createEmptyDatabase(server?: TestServer): Promise<TestDatabase> {
  const on = server ?? (await mainServer())
  return open(on, await createDatabase(on, 'TEMPLATE template0'))
}

async function createDatabase(server: TestServer, how: string): Promise<string> {
  const name = `${server.prefix}_${randomBytes(6).toString('hex')}`
  await withClient(server.ownerUrl, async (owner) => {
    await owner.query(`CREATE DATABASE ${name} ${how}`)
    await owner.query(`REVOKE TEMPORARY ON DATABASE ${name} FROM PUBLIC`) // As in production; a clone does not inherit it.
  })
  return name
}

function open(server: TestServer, name: string): TestDatabase {
  const [ownerUrl, appUrl, workerUrl] = [server.ownerUrl, server.appUrl, server.workerUrl].map((url) =>
    onDatabase(url, name),
  ) as [string, string, string]
  const keys = { ...readConfig({ NODE_ENV: 'test' }), secretKey: TEST_SECRET }
  const auditing = new Auditing(keys, createFieldCipher(keyRingOf(keys)))
  const pool = { poolSize: 4, prepared: true, applicationName: 'bcn test', auditing }
  const db = connect({ ...pool, url: appUrl })
  const workerDb = connect({ ...pool, url: workerUrl })
  const owner = new pg.Pool({
    connectionString: ownerUrl,
    max: 4,
    application_name: 'bcn test owner',
    types: asText,
  })
  owner.on('error', () => {}) // A test may end every connection; the next query opens a new one.
  return {
    name,
    server,
    ownerUrl,
    appUrl,
    workerUrl,
    ...(server.superUrl && { superUrl: onDatabase(server.superUrl, name) }),
    db,
    workerDb,
    owner,
    async close() {
      await Promise.all([db.close(), workerDb.close(), owner.end()])
      await drop(server, name)
    },
  }
}

async function drop(server: TestServer, name: string): Promise<void> {
  const leaked = await withClient(server.superUrl ?? server.ownerUrl, (client) =>
    connectionsLeft(client, name),
  )
  if (leaked.length > 0) await endConnections(server, name)
  await withClient(server.ownerUrl, (owner) => owner.query(`DROP DATABASE IF EXISTS ${name}`))
  if (leaked.length > 0) throw new Error(`Connections leaked to the test database: ${leaked.join(', ')}`)
}

/** Each role ends its own: an owner who is no superuser may not end those of others. */
async function endConnections(server: TestServer, name: string): Promise<void> {
  for (const url of [server.ownerUrl, server.appUrl, server.workerUrl]) {
    const end = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = $1 AND usename = current_user AND pid <> pg_backend_pid()`
    await withClient(onDatabase(url, name), (client) => client.query(end, [name]))
  }
}

/** A backend needs a moment to notice that its client has gone. */
async function connectionsLeft(client: pg.Client, name: string): Promise<string[]> {
  // An owner who is no superuser is not told the type of other roles' backends.
  const look = `SELECT usename || ' "' || coalesce(application_name, '') || '"' AS who FROM pg_stat_activity
    WHERE datname = $1 AND coalesce(backend_type, 'client backend') = 'client backend'`
  const deadline = Date.now() + 1_000
  for (;;) {
    const { rows } = await client.query<{ who: string }>(look, [name])
    if (rows.length === 0 || Date.now() > deadline) return rows.map((row) => row.who)
    await sleep(10)
  }
}
