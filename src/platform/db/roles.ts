import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import type { MigrateOptions } from './migrate.ts'
import { MigrationError } from './migration-files.ts'
import { runScript } from './run-script.ts'
import { splitStatements } from './sql-statements.ts'

const MOST_ATTEMPTS = 10
/** Roles belong to the cluster: another database's runner may touch the same row at the same moment. */
const RACE = /^(XX000|23505|42710|40001|40P01)$/

/** Creates the roles of `roles.sql` where they are missing and gives the two that log in their passwords. */
export async function prepareRoles(
  owner: pg.Client,
  ownerUrl: string,
  options: MigrateOptions,
): Promise<void> {
  const file = join(options.dir, 'roles.sql')
  if (existsSync(file)) {
    const statements = splitStatements(readFileSync(file, 'utf8'))
    await despiteRaces(() => runScript(owner, { name: 'roles.sql', statements }))
  }
  for (const url of [options.appUrl, options.workerUrl])
    if (url) await preparePassword(owner, ownerUrl, new URL(url))
}

/** A password that already opens the door is left alone, so that many databases of one cluster do not fight over it. */
async function preparePassword(owner: pg.Client, ownerUrl: string, url: URL): Promise<void> {
  const role = decodeURIComponent(url.username)
  if (!url.password || (role !== 'app_user' && role !== 'app_worker')) return
  const password = decodeURIComponent(url.password)
  if (await opens(ownerUrl, role, password)) return
  await despiteRaces(() => setPassword(owner, role, password))
}

async function opens(ownerUrl: string, role: string, password: string): Promise<boolean> {
  const url = new URL(ownerUrl)
  url.username = role
  url.password = encodeURIComponent(password)
  const client = new pg.Client({ connectionString: url.href, connectionTimeoutMillis: 10_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

async function setPassword(owner: pg.Client, role: string, password: string): Promise<void> {
  const verifier = pg.escapeLiteral(scramVerifier(password))
  try {
    await owner.query(`alter role ${pg.escapeIdentifier(role)} password ${verifier}`)
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== '42501') throw error
    throw new MigrationError(
      `role ${role} refuses the password configured for it, and the owner may not change it`,
    )
  }
}

/** What PostgreSQL itself would store (RFC 5803): the password never travels, so no server log can hold it. */
function scramVerifier(password: string): string {
  const [iterations, salt] = [4096, randomBytes(16)]
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, iterations, 32, 'sha256')
  const key = (label: string) => createHmac('sha256', salted).update(label).digest()
  const stored = createHash('sha256').update(key('Client Key')).digest('base64')
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${stored}:${key('Server Key').toString('base64')}`
}

async function despiteRaces(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      const cause = error instanceof MigrationError ? error.cause : error
      const lost = cause instanceof pg.DatabaseError && RACE.test(cause.code ?? '')
      if (!lost || attempt === MOST_ATTEMPTS) throw error
      await delay(20 * attempt * Math.random())
    }
  }
}
