import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openApp } from '../app/server.ts'
import { openServices } from '../app/services.ts'
import { openParts, type Parts } from '../app/shutdown.ts'
import { readConfig } from '../platform/config.ts'
import type { Server } from '../platform/http/index.ts'
import { createLog } from '../platform/log.ts'
import type { Services } from '../platform/services.ts'
import { TEST_SECRET, type TestDatabase } from './database.ts'

export type TestApp = { readonly server: Server; readonly services: Services; close(): Promise<void> }

type Overrides = {
  /** Variables as an operator would set them, e.g. `{ REDIS_URL: … }`. */
  readonly env?: Readonly<Record<string, string>>
  /** Parts to put in the place of the real ones, e.g. a clock. */
  readonly services?: Partial<Services>
  /** How the server is made of them; absent: the API alone. */
  readonly open?: (services: Services, parts: Parts) => Promise<Server>
}

/** The real application on a test database, with the cache in memory and files in a folder of its own. Close it before the database. */
export async function startApp(database: TestDatabase, overrides: Overrides = {}): Promise<TestApp> {
  const dataDir = mkdtempSync(join(tmpdir(), 'bcn-app-'))
  const env = { NODE_ENV: 'test', LOG_LEVEL: 'silent', DATA_DIR: dataDir, ...overrides.env }
  const config = {
    ...readConfig(env),
    databaseUrl: database.appUrl,
    databaseWorkerUrl: database.workerUrl,
    secretKey: TEST_SECRET,
  }
  const log = createLog(config)
  const parts = openParts(log)
  const services = { ...(await openServices(config, log, parts)), ...overrides.services }
  const server = await (overrides.open ?? openApp)(services, parts)
  const removeFolder = async () => rmSync(dataDir, { recursive: true, force: true })
  return { server, services, close: () => parts.closeAll().then(removeFolder) }
}
