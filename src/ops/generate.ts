import path from 'node:path'
import { startEmbedded } from '../platform/db/embedded.ts'
import { MigrationError, migrate } from '../platform/db/migrate.ts'
import { joinAsOwner } from '../platform/db/open.ts'
import { OperatorError } from '../platform/errors.ts'
import { accountsToTry } from './generate/accounts.ts'
import { firstFilled, load, type RowCounts, recover } from './generate/load.ts'
import { readOptions } from './generate/options.ts'
import { TABLES } from './generate/tables.ts'
import { makeWorld, type World } from './generate/world.ts'
import type { OpsCommand, OpsContext } from './index.ts'

const DATABASE_FILES = path.join(import.meta.dirname, '../../db')

export const generateCommand: OpsCommand = {
  summary: 'fill an empty database with --users N people and what they did, the same for the same --seed S',
  words: 'own',
  async run(context) {
    const { users, seed, now } = readOptions(context.args, Date.now())
    if (context.config.env === 'production') {
      throw new OperatorError('NODE_ENV is "production": everybody knows the password of generated people')
    }
    const world = makeWorld(seed, users, now)
    const counts = printPlan(world, context)
    if (!context.yes) return context.print('nothing was written; add --yes to write it')
    const database = await openOwner(context)
    try {
      await bringUpToDate(database)
      await fill(database.ownerUrl, world, counts, context)
    } finally {
      await database.stop()
    }
  },
}

function printPlan(world: World, { print }: OpsContext): RowCounts {
  const counts = new Map(TABLES.map(({ name, open }) => [name, open(world).count]))
  for (const [name, count] of counts) print(`${name.padEnd(32)} ${figure(count).padStart(12)}`)
  print(`${'rows together'.padEnd(32)} ${figure(sum(counts)).padStart(12)}`)
  return counts
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

async function fill(ownerUrl: string, world: World, counts: RowCounts, { print }: OpsContext) {
  const began = performance.now()
  if (await recover(ownerUrl)) print('a load that was cut short was undone')
  const filled = await firstFilled(ownerUrl)
  if (filled !== null) {
    throw new OperatorError(`the table ${filled} has rows already: expected a database without people`)
  }
  const timings = await load(ownerUrl, world, counts)
  for (const { phase, seconds } of timings) print(`${phase.padEnd(36)} ${seconds.toFixed(1).padStart(7)} s`)
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  print(`${figure(sum(counts))} rows in ${seconds} s; every key proven, every counter true`)
  const { password, accounts } = accountsToTry(world)
  for (const { who, email } of accounts) print(`${who.padEnd(36)} ${email}`)
  print(`${'everybody signs in with'.padEnd(36)} ${password}`)
}

const figure = (count: number) => count.toLocaleString('en-US')
const sum = (counts: RowCounts) => [...counts.values()].reduce((total, count) => total + count, 0)

type Target = Omit<Awaited<ReturnType<typeof openOwner>>, 'stop'>

async function bringUpToDate({ ownerUrl, appUrl, workerUrl }: Target): Promise<void> {
  try {
    await migrate(ownerUrl, { dir: DATABASE_FILES, appUrl, workerUrl })
  } catch (error) {
    throw error instanceof MigrationError ? new OperatorError(error.message) : error
  }
}
