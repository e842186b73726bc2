import path from 'node:path'
import type { Config, ReadyConfig } from '../platform/config.ts'
import { secretKeyOf } from '../platform/crypto/secret-key.ts'
import { MigrationError, migrate } from '../platform/db/migrate.ts'
import { assertOneDatabase, type OpenDatabase, openDatabase } from '../platform/db/open.ts'
import { OperatorError } from '../platform/errors.ts'
import type { Logger } from '../platform/log.ts'
import type { CommandContext } from './command.ts'
import { prepareDataFolder } from './data-folder.ts'
import { assertPortFree } from './port.ts'
import { openServer } from './server.ts'
import { openServices } from './services.ts'
import { openParts, openWith, type Parts } from './shutdown.ts'
import { openWorker } from './worker.ts'

const DATABASE_FILES = path.join(import.meta.dirname, '../../db')

export type DemoAccount = { readonly role: string; readonly email: string; readonly password: string }

/** The demo world, as `ops` offers it: app/ may not import ops, so main.ts hands it over. */
export type Demo = {
  /** Loads the world into a database that holds nobody yet. Returns whether it did. */
  loadIfEmpty(target: { ownerUrl: string; config: ReadyConfig; log: Logger }): Promise<boolean>
  /** The accounts to show; none where the demo world is not loaded. */
  accounts(target: { ownerUrl: string }): Promise<readonly DemoAccount[]>
}

const NO_DEMO: Demo = { loadIfEmpty: async () => false, accounts: async () => [] }

/** `start`: everything in one process, from nothing to a served page. */
export function start({ config, log }: CommandContext, demo: Demo = NO_DEMO): Promise<void> {
  return openWith({ config, log }, async (parts) => {
    prepareDataFolder(config.dataDir)
    await assertPortFree(config)
    const database = await openDatabase(config, log)
    parts.add('database', database.stop)
    await bringUpToDate(database, log)
    if (config.databaseUrl !== null) await assertOneDatabase(database)
    const ready = readyConfig(config, database, secretKeyOf(config))
    const accounts = await demoAccounts(demo, database, ready, log)
    await serveAndWork(ready, log, parts)
    process.stdout.write(welcome(ready, accounts))
  })
}

async function serveAndWork(config: ReadyConfig, log: Logger, parts: Parts): Promise<void> {
  const services = await openServices(config, log, parts)
  // Both end at the same time: what is in flight is finished within one bound, not within two.
  const fronts = openParts(log)
  parts.add('server and worker', fronts.closeAllAtOnce)
  await openWorker(services, fronts)
  await openServer(services, fronts)
}

async function bringUpToDate(database: OpenDatabase, log: Logger): Promise<void> {
  try {
    await migrate(database.ownerUrl, {
      dir: DATABASE_FILES,
      appUrl: database.appUrl,
      workerUrl: database.workerUrl,
      onApply: (name, seconds) => log.info({ seconds: Number(seconds.toFixed(2)) }, `migrated ${name}`),
    })
  } catch (error) {
    if (error instanceof MigrationError) throw new OperatorError(`migration refused: ${error.message}`)
    throw error
  }
}

function readyConfig(config: Config, database: OpenDatabase, secretKey: string): ReadyConfig {
  return {
    ...config,
    databaseUrl: database.appUrl,
    databaseOwnerUrl: database.ownerUrl,
    databaseWorkerUrl: database.workerUrl,
    secretKey,
  }
}

/** Not in production: the accounts have passwords that everybody knows. */
async function demoAccounts(demo: Demo, { ownerUrl }: OpenDatabase, config: ReadyConfig, log: Logger) {
  if (config.env === 'production') return []
  await demo.loadIfEmpty({ ownerUrl, config, log })
  return demo.accounts({ ownerUrl })
}

function welcome(config: ReadyConfig, accounts: readonly DemoAccount[]): string {
  const lines = [
    '',
    `Brand Coach Network is ready: ${config.publicUrl}`,
    `API reference: ${config.publicUrl}/docs`,
  ]
  const shown = accounts.map(
    ({ role, email, password }) => `  ${role.padEnd(12)} ${email.padEnd(34)} ${password}`,
  )
  if (shown.length > 0) lines.push('', 'Demo accounts (role, e-mail, password):', ...shown)
  return `${[...lines, ''].join('\n')}\n`
}
