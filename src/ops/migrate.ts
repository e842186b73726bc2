import path from 'node:path'
import type { Config } from '../platform/config.ts'
import { MigrationError, migrate, pendingMigrations } from '../platform/db/migrate.ts'
import { joinAsOwner } from '../platform/db/open.ts'
import { OperatorError } from '../platform/errors.ts'
import type { OpsCommand, OpsContext } from './index.ts'

const DATABASE_FILES = path.join(import.meta.dirname, '../../db')

export const migrateCommand: OpsCommand = {
  summary: 'bring the database to the newest version (dry run: what is pending)',
  async run(context) {
    const database = await joinAsOwner(context.config, context.log)
    try {
      await (context.yes ? apply(database.ownerUrl, context) : showPending(database.ownerUrl, context))
    } catch (error) {
      throw error instanceof MigrationError ? new OperatorError(error.message) : error
    } finally {
      await database.stop()
    }
  },
}

async function apply(ownerUrl: string, { config, print }: OpsContext): Promise<void> {
  const applied = await migrate(ownerUrl, {
    dir: DATABASE_FILES,
    ...runtimeUrls(config),
    onApply: (name, seconds) => print(`applied ${name} in ${seconds.toFixed(2)} s`),
  })
  print(
    applied.length === 0
      ? 'nothing to do: the database is at the newest version'
      : `applied ${applied.length}`,
  )
}

async function showPending(ownerUrl: string, { print }: OpsContext): Promise<void> {
  const pending = await pendingMigrations(ownerUrl, { dir: DATABASE_FILES })
  for (const name of pending) print(`pending ${name}`)
  print(pending.length === 0 ? 'nothing to do' : 'nothing was changed; add --yes to apply')
}

/** With the runtime URLs at hand the roles get the passwords that stand in them. */
function runtimeUrls({ databaseUrl, databaseWorkerUrl }: Config) {
  return { appUrl: databaseUrl ?? undefined, workerUrl: databaseWorkerUrl ?? undefined }
}
