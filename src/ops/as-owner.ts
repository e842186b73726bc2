import { connect, type Database } from '../platform/db/index.ts'
import { joinAsOwner } from '../platform/db/open.ts'
import type { OpsContext } from './index.ts'

/** The database as its owner, for the length of `work`; the one that `start` runs, if it does. */
export async function asOwner(
  { config, log }: OpsContext,
  work: (database: Database) => Promise<void>,
): Promise<void> {
  const opened = await joinAsOwner(config, log)
  try {
    const database = connect({
      url: opened.ownerUrl,
      poolSize: 2,
      prepared: config.preparedStatements,
      applicationName: 'bcn ops',
    })
    await work(database).finally(() => database.close())
  } finally {
    await opened.stop()
  }
}
