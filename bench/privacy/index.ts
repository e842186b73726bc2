import { parseArgs } from 'node:util'
import pg from 'pg'
import { openServices } from '../../src/app/services.ts'
import { openParts } from '../../src/app/shutdown.ts'
import { buildExport } from '../../src/domains/privacy/export-build.ts'
import { purge } from '../../src/domains/privacy/purge.ts'
import { readConfig } from '../../src/platform/config.ts'
import { connect, type Database } from '../../src/platform/db/index.ts'
import { OperatorError } from '../../src/platform/errors.ts'
import { createLog } from '../../src/platform/log.ts'
import type { Services } from '../../src/platform/services.ts'
import { type BenchDatabase, openBenchDatabase } from '../bench-database.ts'
import { wholeNumber } from '../options.ts'
import { circumstances, figure, publish, record, table } from '../report.ts'
import { makeHeavy, ordinaryPeople } from './heavy.ts'

const PURGED = 7
const PURGED_ROWS = 5_000
const EXPORTED = 3
const EXPORTED_ROWS = 50_000

type Run = {
  readonly rows: number
  readonly tables: number
  readonly seconds: number
  readonly bytes?: number
}

/** `privacy [--users 100000]`: what it costs to pack and to erase somebody who has been very busy. */
export async function privacy(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { users: { type: 'string' } } })
  const users = wholeNumber('--users', values.users ?? '100000')
  const database = await openBenchDatabase(users)
  try {
    await measure(database, users)
  } finally {
    await database.stop()
  }
}

async function measure(database: BenchDatabase, users: number): Promise<void> {
  const config = {
    ...readConfig({ ...process.env, DATA_DIR: database.dataDir, LOG_LEVEL: 'warn' }),
    databaseUrl: database.appUrl,
    databaseWorkerUrl: database.workerUrl,
    secretKey: 'a benchmark keeps no secrets, and needs a key',
  }
  const log = createLog(config)
  const parts = openParts(log)
  const owner = new pg.Client({ connectionString: database.ownerUrl })
  await owner.connect()
  try {
    const services = await openServices(config, log, parts)
    const worker = connect({
      url: database.workerUrl,
      poolSize: 4,
      prepared: true,
      applicationName: 'bcn bench',
      auditing: services.auditing,
    })
    parts.add('worker', () => worker.close())
    const people = await ordinaryPeople(owner, PURGED + EXPORTED)
    if (people.length < PURGED + EXPORTED) throw new OperatorError('too few people are left: generate anew')
    const exports: Run[] = []
    for (const userId of people.slice(0, EXPORTED))
      exports.push(await exportOf(services, worker, owner, userId))
    const purges: Run[] = []
    for (const userId of people.slice(EXPORTED)) purges.push(await purgeOf(services, worker, owner, userId))
    report({ exports, purges }, { ...circumstances(), postgresql: database.version, users })
  } finally {
    await owner.end()
    await parts.closeAll()
  }
}

async function exportOf(
  services: Services,
  worker: Database,
  owner: pg.Client,
  userId: string,
): Promise<Run> {
  await makeHeavy(owner, userId, EXPORTED_ROWS)
  const { rows } = await owner.query('INSERT INTO data_exports (user_id) VALUES ($1) RETURNING export_id', [
    userId,
  ])
  const id = rows[0].export_id
  const seconds = await secondsOf(() => buildExport(services, worker, id))
  const built = await owner.query(
    'SELECT rows_written, size_bytes, tables_total FROM data_exports WHERE export_id = $1',
    [id],
  )
  const { rows_written, size_bytes, tables_total } = built.rows[0]
  return { rows: rows_written, tables: tables_total, seconds, bytes: Number(size_bytes) }
}

async function purgeOf(services: Services, worker: Database, owner: pg.Client, userId: string): Promise<Run> {
  await makeHeavy(owner, userId, PURGED_ROWS)
  await owner.query(`UPDATE users SET status = 'deleted', deleted_at = now() WHERE user_id = $1`, [userId])
  const { rows } = await owner.query(
    `INSERT INTO erasures (user_id, public_writing, cancellable_until) VALUES ($1, 'stays', now()) RETURNING erasure_id`,
    [userId],
  )
  const id = rows[0].erasure_id
  const seconds = await secondsOf(() => purge(services, worker, id))
  const done = await owner.query<{ certificate: { tables: Record<string, Record<string, number>> } }>(
    'SELECT certificate FROM erasures WHERE erasure_id = $1',
    [id],
  )
  const tables = Object.values(done.rows[0]!.certificate.tables)
  const changed = tables.flatMap((kinds) => Object.values(kinds)).reduce((sum, count) => sum + count, 0)
  return { rows: changed, tables: tables.length, seconds }
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now()
  await work()
  return (performance.now() - from) / 1000
}

function report(result: { exports: Run[]; purges: Run[] }, about: Record<string, unknown>): void {
  const line = (what: string, runs: readonly Run[]) => {
    const seconds = runs.map((run) => run.seconds).sort((a, b) => a - b)
    const middle = runs.find((run) => run.seconds === seconds[Math.floor(seconds.length / 2)])!
    return [
      what,
      String(middle.rows),
      String(middle.tables),
      figure(middle.seconds),
      figure(seconds.at(-1)!),
      middle.bytes === undefined ? '' : figure(middle.bytes / 1e6),
      String(runs.length),
    ]
  }
  const lines = table(
    ['what', 'rows', 'tables', 'median s', 'slowest s', 'MB', 'people'],
    [line('export', result.exports), line('purge', result.purges)],
  )
  const circumstance = Object.entries(about)
    .map(([name, value]) => `${name} ${value}`)
    .join(' · ')
  publish('privacy', `${lines}\n\n${circumstance}`)
  process.stdout.write(`${lines}\n${record('privacy', { ...about, ...result })}\n`)
}
