import { parseArgs } from 'node:util'
import pg from 'pg'
import { type BenchDatabase, openBenchDatabase } from '../bench-database.ts'
import { startServer } from '../bench-server.ts'
import { best, closedLoop, type Rate } from '../closed-loop.ts'
import { type LoadResult, load } from '../load.ts'
import { wholeNumber } from '../options.ts'
import { circumstances, figure, publish, record, table } from '../report.ts'
import { bareReader, bareWriter } from './bare.ts'
import { type Pattern, patterns } from './patterns.ts'
import { signInAll } from './sign-in.ts'
import { SPECIFICATION } from './specification.ts'
import { type Subjects, subjectsOf } from './subjects.ts'

const POOL = 8
const CONNECTIONS = 16
/** Statements under way at once from the bare process: enough to keep every connection's pipeline full. */
const CALLERS = 64
const ROUNDS = 3
const SECONDS = 5

type Measured = {
  readonly pattern: Pattern['name']
  readonly bytes: number
  readonly specification: Rate
  readonly limit: Rate
  readonly uncached: LoadResult
  readonly warm: LoadResult | null
}

/**
 * `access-patterns [--users 100000] [--only P1,P3] [--seconds 5]`: for each pattern, in one run on one database, (a) the
 * specification's SQL, (b) the limit: our statement, named and pipelined, at the server's pool size, from a bare process,
 * (c) our endpoint with signed-in sessions and caches off, (d) with caches warm. (b), (c) and (d) take turns and the best
 * of three counts, because the machine's speed drifts.
 */
export async function accessPatterns(args: readonly string[]): Promise<void> {
  const options = optionsOf(args)
  const database = await openBenchDatabase(options.users)
  try {
    const subjects = await subjectsOf(database.ownerUrl)
    const measured = await measureAll(database, subjects, options)
    report(measured, {
      ...circumstances(),
      postgresql: database.version,
      users: options.users,
      seconds: options.seconds,
    })
  } finally {
    await database.stop()
  }
}

type Options = { readonly users: number; readonly seconds: number; readonly only: readonly string[] }

function optionsOf(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: { users: { type: 'string' }, seconds: { type: 'string' }, only: { type: 'string' } },
  })
  return {
    users: wholeNumber('--users', values.users ?? '100000'),
    seconds: wholeNumber('--seconds', values.seconds ?? String(SECONDS)),
    only: values.only?.split(',') ?? Object.keys(SPECIFICATION),
  }
}

async function measureAll(
  database: BenchDatabase,
  subjects: Subjects,
  options: Options,
): Promise<Measured[]> {
  const cold = await startServer(database, { cache: false, poolSize: POOL })
  const hot = await startServer(database, { cache: true, poolSize: POOL })
  try {
    // Sessions live in each server's own cache and in the database: signed in at one, known to both.
    const tokens = await signInAll(cold.url, subjects)
    const wanted = patterns(subjects, tokens).filter(({ name }) => options.only.includes(name))
    const measured: Measured[] = []
    for (const pattern of wanted) {
      process.stderr.write(`${pattern.name} …\n`)
      measured.push(
        await measure(pattern, { database, cold: cold.url, hot: hot.url, seconds: options.seconds }),
      )
    }
    return measured
  } finally {
    await Promise.all([cold.stop(), hot.stop()])
  }
}

type Places = {
  readonly database: BenchDatabase
  readonly cold: string
  readonly hot: string
  readonly seconds: number
}

async function measure(pattern: Pattern, { database, cold, hot, seconds }: Places): Promise<Measured> {
  const { requests } = pattern
  const through = (url: string) =>
    load({ url, requests, connections: CONNECTIONS, seconds, warmupSeconds: 1.5 })
  const bytes = await bodySize(cold, pattern)
  const limits: Rate[] = []
  const uncached: LoadResult[] = []
  const warm: LoadResult[] = []
  for (let round = 0; round < ROUNDS; round++) {
    limits.push(await limitOf(pattern, database, seconds))
    uncached.push(await through(cold))
    if (pattern.cached) warm.push(await through(hot))
  }
  return {
    pattern: pattern.name,
    bytes,
    specification: await specificationOf(pattern, database, seconds),
    limit: best(limits)!,
    uncached: best(uncached)!,
    warm: best(warm) ?? null,
  }
}

async function limitOf(pattern: Pattern, database: BenchDatabase, seconds: number): Promise<Rate> {
  const options = { url: database.appUrl, poolSize: POOL }
  const bare = pattern.writes ? bareWriter(options) : await bareReader(options)
  try {
    const work = (i: number) => pattern.ours(bare, i)
    // Writers of the same learners' rows wait for each other: more of them than the server has would only queue.
    const callers = pattern.writes ? CONNECTIONS : CALLERS
    return await closedLoop(work, { callers, seconds, warmupSeconds: 1.5 })
  } finally {
    await bare.close()
  }
}

/**
 * As the owner, past row security, as the document has it; from as many connections as the server has. A statement that
 * alone takes longer than the whole measurement is measured by that one run.
 */
async function specificationOf(pattern: Pattern, database: BenchDatabase, seconds: number): Promise<Rate> {
  const pool = new pg.Pool({ connectionString: database.ownerUrl, max: POOL })
  const statement = { name: `specification_${pattern.name}`, text: SPECIFICATION[pattern.name] }
  try {
    const work = (i: number) => pool.query({ ...statement, values: [...pattern.specification(i)] })
    const once = await closedLoop(work, { callers: 1, seconds: 0, warmupSeconds: null })
    if (once.p50 > seconds * 1000) return once
    return await closedLoop(work, { callers: POOL, seconds, warmupSeconds: 1 })
  } finally {
    await pool.end()
  }
}

async function bodySize(url: string, { name, requests }: Pattern): Promise<number> {
  const request = requests[0]!
  const reply = await fetch(url + request.path, {
    method: request.method ?? 'GET',
    headers: { ...request.headers, 'accept-encoding': 'identity', 'content-type': 'application/json' },
    ...(request.body === undefined ? {} : { body: request.body }),
  })
  const text = await reply.text()
  if (!reply.ok) throw new Error(`${name} answered ${reply.status}: ${text}`)
  return Buffer.byteLength(text)
}

const HEAD = [
  'pattern',
  'bytes',
  'specification/s',
  'limit/s',
  'HTTP/s',
  'p50',
  'p95',
  'p99',
  'HTTP/limit',
  'warm/s',
  'warm p99',
  'warm/limit',
  'limit/specification',
  'errors',
]

function report(measured: readonly Measured[], run: ReturnType<typeof circumstances>): void {
  const rows = measured.map(({ pattern, bytes, specification, limit, uncached, warm }) => [
    pattern,
    String(bytes),
    figure(specification.rate),
    figure(limit.rate),
    figure(uncached.rate),
    figure(uncached.p50),
    figure(uncached.p95),
    figure(uncached.p99),
    figure(uncached.rate / limit.rate),
    warm ? figure(warm.rate) : '',
    warm ? figure(warm.p99) : '',
    warm ? figure(warm.rate / limit.rate) : '',
    figure(limit.rate / specification.rate),
    String(uncached.errors + (warm?.errors ?? 0)),
  ])
  const figures = table(HEAD, rows)
  process.stdout.write(`${figures}\n`)
  process.stdout.write(`recorded in ${record('access-patterns', { run, measured })} and docs/benchmarks.md\n`)
  const where = Object.entries(run).map(([name, value]) => `${name} ${value}`)
  publish('access-patterns', `${figures}\n\n${where.join(' · ')}`)
}
