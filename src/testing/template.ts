import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { migrate } from '../platform/db/migrate.ts'
import { onDatabase, withClient } from './connections.ts'
import type { TestServer } from './servers.ts'

const databaseFolder = join(import.meta.dirname, '../../db')
const lockKey = 0x62636e // One builder a server; the others wait for it.
const ready = new Map<string, Promise<string>>()

/**
 * The name of a migrated database to clone from, made by the first test file that asks on this server. The name
 * holds a digest of the migrations, so a stale one is never used; it is renamed into being when it is whole.
 */
export function templateOn(server: TestServer): Promise<string> {
  const found = ready.get(server.ownerUrl) ?? build(server)
  ready.set(server.ownerUrl, found)
  return found
}

function build(server: TestServer): Promise<string> {
  const name = `${server.prefix}_template_${digest(databaseFolder)}`
  return withClient(server.ownerUrl, async (owner) => {
    await owner.query('SELECT pg_advisory_lock($1)', [lockKey])
    const { rowCount } = await owner.query('SELECT FROM pg_database WHERE datname = $1', [name])
    if (rowCount) return name
    await owner.query(`DROP DATABASE IF EXISTS ${name}_building WITH (FORCE)`)
    await owner.query(`CREATE DATABASE ${name}_building TEMPLATE template0`)
    const { appUrl, workerUrl } = server
    await migrate(onDatabase(server.ownerUrl, `${name}_building`), { dir: databaseFolder, appUrl, workerUrl })
    await owner.query(`ALTER DATABASE ${name}_building RENAME TO ${name}`)
    return name
  })
}

function digest(folder: string): string {
  const hash = createHash('sha256')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.sql'),
  )
  for (const file of files.sort()) hash.update(`${file}\0`).update(readFileSync(join(folder, file)))
  return hash.digest('hex').slice(0, 12)
}
