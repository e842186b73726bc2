import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Logger, runMigrations } from 'graphile-worker'
import pg from 'pg'
import { runScript } from './run-script.ts'
import { splitStatements } from './sql-statements.ts'

/** Installs or updates graphile-worker's own schema as the owner, then opens it to app_worker alone (`queue.sql`). */
export async function installQueue(owner: pg.Client, ownerUrl: string, dir: string): Promise<void> {
  const pgPool = new pg.Pool({ connectionString: ownerUrl, max: 2, application_name: 'bcn migrate' })
  pgPool.on('error', () => {})
  pgPool.on('connect', (client) => client.on('error', () => {}))
  try {
    await runMigrations({ pgPool, logger: new Logger(() => () => {}) })
  } finally {
    await pgPool.end()
  }
  const file = join(dir, 'queue.sql')
  if (existsSync(file))
    await runScript(owner, { name: 'queue.sql', statements: splitStatements(readFileSync(file, 'utf8')) })
}
