import path from 'node:path'
import { startEmbedded } from '../platform/db/embedded.ts'
import { MigrationError, migrate } from '../platform/db/migrate.ts'
import { joinAsOwner } from '../platform/db/open.ts'
import { OperatorError } from '../platform/errors.ts'
import { accountsToTry } from './generate/accounts.ts'
import { firstFilled, load, recover } from './generate/load.ts'
import { readOptions } from './generate/options.ts'
import { TABLES } from './generate/tables.ts'
import { makeWorld, type World } from './generate/world.ts'
import type { OpsCommand, OpsContext } from './index.ts'
import { showProgress } from './progress.ts'

const DATABASE_FILES = path.join(import.meta.dirname, '../../db')

export const generateCommand: OpsCommand = {
  summary: 'fill an empty database with --users N people and what they did, the same for the same --seed S',
  async run(context) {
    const { users, seed, now } = readOptions(context.args, Date.now())
    if (context.config.env === 'production') {
      throw new OperatorError('NODE_ENV is "production": everybody knows the password of generated people')
    }
    const world = makeWorld(seed, users, now)
    const total = printPlan(world, context)
    if (!context.yes) return context.print('nothing was written; add --yes to write it')
    const database = await openOwner(context)
    try {
      await bringUpToDate(database)
      await fill(database.ownerUrl, world, total, context)
    } finally {
      await database.stop()
    }
  },
}

/** Returns the sum of the rows. */
function printPlan(world: World, { print }: OpsContext): number {
  const counts = TABLES.map(({ name, open }) => ({ name, count: open(world).count }))
  const total = counts.reduce((sum, { count }) => sum + count, 0)
  for (const { name, count } of counts)
    print(`${name.padEnd(32)} ${count.toLocaleString('en-US').padStart(12)}`)
  print(`${'rows together'.padEnd(32)} ${total.toLocaleString('en-US').padStart(12)}`)
  return total
}

/** Alone on the embedded database: the app would meet tables without their keys. */
async function openOwner({ config, log }: OpsContext) {
  if (config.databaseOwnerUrl === null) return startEmbedded({ dataDir: config.dataDir, log })
  const { databaseUrl: appUrl, databaseWorkerUrl: workerUrl } = config
  return {
    ...(await joinAsOwner(config, log)),
    appUrl: appUrl ?? undefined,
    workerUrl: workerUrl ?? undefined,
  }
}

async function fill(ownerUrl: string, world: World, total: number, { print }: OpsContext): Promise<void> {
  const began = performance.now()
  if (await recover(ownerUrl)) print('a load that was cut short was undone')
  const filled = await firstFilled(ownerUrl)
  if (filled !== null)
    throw new OperatorError(`${filled} has rows already: expected a database without people`)
  const progress = showProgress({ total, unit: 'rows' })
  const timings = await load(ownerUrl, world, progress).finally(progress.end)
  for (const { phase, seconds } of timings) print(`${phase.padEnd(36)} ${seconds.toFixed(1).padStart(7)} s`)
  const seconds = (performance.now() - began) / 1000
  print(
    `${total.toLocaleString('en-US')} rows in ${seconds.toFixed(1)} s; every key proven, every counter true`,
  )
  const { password, accounts } = accountsToTry(world)
  for (const { who, email } of accounts) print(`${who.padEnd(36)} ${email}`)
  print(`${'everybody signs in with'.padEnd(36)} ${password}`)
}

type Target = Omit<Awaited<ReturnType<typeof openOwner>>, 'stop'>

async function bringUpToDate({ ownerUrl, appUrl, workerUrl }: Target): Promise<void> {
  try {
    await migrate(ownerUrl, { dir: DATABASE_FILES, appUrl, workerUrl })
  } catch (error) {
    throw error instanceof MigrationError ? new OperatorError(error.message) : error
  }
}
