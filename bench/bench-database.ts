import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import pg from 'pg'
import { readConfig } from '../src/platform/config.ts'
import { migrate } from '../src/platform/db/migrate.ts'
import { type OpenDatabase, openDatabase } from '../src/platform/db/open.ts'
import { OperatorError } from '../src/platform/errors.ts'
import { createLog } from '../src/platform/log.ts'

const MAIN = path.join(import.meta.dirname, '../src/main.ts')
const MIGRATIONS = path.join(import.meta.dirname, '../db')

export type BenchDatabase = OpenDatabase & { readonly dataDir: string; readonly version: string }

/**
 * A generated database of so many users, made once and kept: embedded in `.data/bench-<users>` (or DATA_DIR), or the
 * one that DATABASE_URL and DATABASE_OWNER_URL name. Throws OperatorError when it holds something else.
 */
export async function openBenchDatabase(users: number): Promise<BenchDatabase> {
  const dataDir = path.resolve(process.env.DATA_DIR ?? `.data/bench-${users}`)
  const opened = await openMigrated(dataDir)
  if ((await countUsers(opened.ownerUrl)) > 0) return filled(opened, users)
  // The generator wants the data folder for itself.
  await opened.stop()
  await generate(users, dataDir)
  return filled(await openMigrated(dataDir), users)
}

async function openMigrated(dataDir: string): Promise<BenchDatabase> {
  const config = readConfig({ ...process.env, DATA_DIR: dataDir })
  const database = await openDatabase(config, createLog({ ...config, logLevel: 'warn' }))
  const { ownerUrl, appUrl, workerUrl } = database
  try {
    await migrate(ownerUrl, { dir: MIGRATIONS, appUrl, workerUrl })
    return { ...database, dataDir, version: await asOwner(ownerUrl, 'SHOW server_version') }
  } catch (error) {
    await database.stop()
    throw error
  }
}

async function filled(database: BenchDatabase, users: number): Promise<BenchDatabase> {
  const found = await countUsers(database.ownerUrl)
  if (found >= users) return database
  await database.stop()
  throw new OperatorError(`the database holds ${found} users: expected ${users} or none`)
}

async function generate(users: number, dataDir: string): Promise<void> {
  const words = [MAIN, 'ops', 'generate', '--users', String(users), '--seed', '1', '--yes']
  const child = spawn(process.execPath, words, {
    stdio: 'inherit',
    env: { ...process.env, DATA_DIR: dataDir },
  })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new OperatorError('the data could not be generated')
}

async function countUsers(ownerUrl: string): Promise<number> {
  return Number(await asOwner(ownerUrl, 'SELECT count(*) FROM users'))
}

async function asOwner(ownerUrl: string, query: string): Promise<string> {
  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  try {
    const { rows } = await owner.query({ text: query, rowMode: 'array' })
    return String(rows[0]?.[0])
  } finally {
    await owner.end()
  }
}
