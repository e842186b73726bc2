import { fork } from 'node:child_process'
import { once } from 'node:events'
import { loadavg } from 'node:os'
import path from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { connect, type Database } from '../../src/platform/db/index.ts'
import { publishFact } from '../../src/platform/facts/index.ts'
import { signInAll } from '../access-patterns/sign-in.ts'
import { subjectsOf } from '../access-patterns/subjects.ts'
import { type BenchDatabase, openBenchDatabase } from '../bench-database.ts'
import { startServer } from '../bench-server.ts'
import { wholeNumber } from '../options.ts'
import { circumstances, figure, publish, record, table } from '../report.ts'
import { BROADCAST, SINGLE } from './notices.ts'

const WRITERS = 24
/** Of P1 during the broadcast and idle: steadily, as people come, and not as fast as it can be answered. */
const P1_A_SECOND = 200

/**
 * How fast facts become notifications, and what a broadcast to everybody costs who reads meanwhile. The worker and the server are
 * processes of their own; load, PostgreSQL and both share the cores. What is written is removed again.
 */
export async function notifications(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      users: { type: 'string', default: '100000' },
      facts: { type: 'string', default: '20000' },
      idle: { type: 'string', default: '15' },
    },
  })
  const [users, facts, idle] = (['users', 'facts', 'idle'] as const).map((name) =>
    wholeNumber(`--${name}`, values[name]),
  ) as [number, number, number]
  const database = await openBenchDatabase(users)
  const owner = new pg.Client({ connectionString: database.ownerUrl })
  await owner.connect()
  const db = connect({
    url: database.appUrl,
    poolSize: WRITERS + 8,
    prepared: true,
    applicationName: 'bcn bench',
  })
  const server = await startServer(database, { cache: false, poolSize: 10 })
  const worker = await startBenchWorker(database)
  try {
    await tidy(owner)
    const load_before = figure(loadavg()[0] ?? 0)
    const told = await tellSingles(db, owner, facts)
    const backlog = await tellBacklog(db, owner, facts)
    process.stderr.write(`${JSON.stringify({ told, backlog })}\n`)
    const tokens = [...(await signInAll(server.url, await subjectsOf(database.ownerUrl))).values()]
    const reader = new Reader(`${server.url}/api/v1/me`, tokens)
    await reader.during(sleep(3000))
    const quiet = await reader.during(sleep(idle * 1000))
    const broadcast = await walk(db, owner, reader)
    const result = {
      ...circumstances(),
      postgresql: database.version,
      users,
      load_before,
      facts: told,
      backlog_told_per_second: backlog,
      broadcast,
      p1_idle: quiet,
      p1_p99_ratio: Number(figure(broadcast.p1.p99 / quiet.p99)),
    }
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n${record('notifications', result)}\n`)
    publish('notifications', asTable(result))
  } finally {
    await worker.stop()
    await server.stop()
    await tidy(owner)
    await Promise.all([db.close(), owner.end()])
    await database.stop()
  }
}

type Told = {
  readonly count: number
  readonly published_per_second: number
  readonly told_per_second: number
  readonly lag_p50_ms: number
  readonly lag_p99_ms: number
}

/** Published one by one in transactions of their own, a thousand a second; told while they come. */
async function tellSingles(db: Database, owner: pg.Client, count: number): Promise<Told> {
  const { rows } = await owner.query<{ user_id: string }>(
    `SELECT user_id FROM users WHERE status = 'active' ORDER BY md5(user_id::text) LIMIT 5000`,
  )
  const from = performance.now()
  let next = 0
  const writer = async () => {
    for (let n = next++; n < count; n = next++) {
      const early = from + n - performance.now()
      if (early > 1) await sleep(early)
      const [actor, person] = [rows[n % rows.length]!.user_id, rows[(n * 7 + 1) % rows.length]!.user_id]
      await db.transaction(null, (tx) => publishFact(tx, { name: SINGLE, actor, recipients: [person] }))
    }
  }
  await Promise.all(Array.from({ length: WRITERS }, writer))
  const published = (performance.now() - from) / 1000
  await until(
    owner,
    `SELECT count(*) = 0 AS done FROM facts WHERE name = '${SINGLE}' AND expanded_at IS NULL`,
  )
  const told = (performance.now() - from) / 1000
  const { rows: lags } = await owner.query<{ p50: number; p99: number }>(`
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY lag)::float8 AS p50, percentile_cont(0.99) WITHIN GROUP (ORDER BY lag)::float8 AS p99
    FROM (SELECT extract(epoch FROM expanded_at - created_at) * 1000 AS lag FROM facts WHERE name = '${SINGLE}') l`)
  return {
    count,
    published_per_second: Math.round(count / published),
    told_per_second: Math.round(count / told),
    lag_p50_ms: Math.round(lags[0]!.p50),
    lag_p99_ms: Math.round(lags[0]!.p99),
  }
}

/** Facts that came all at once, as after a night without a worker: how many a second are told. */
async function tellBacklog(db: Database, owner: pg.Client, count: number): Promise<number> {
  const { rows } = await owner.query<{ user_id: string }>(
    `SELECT user_id FROM users WHERE status = 'active' ORDER BY md5(user_id::text) LIMIT 5000`,
  )
  await db.transaction(null, async (tx) => {
    for (let n = 0; n < count; n++) {
      const [actor, person] = [rows[n % rows.length]!.user_id, rows[(n * 7 + 1) % rows.length]!.user_id]
      await publishFact(tx, { name: SINGLE, actor, recipients: [person] })
    }
  })
  const from = performance.now()
  await until(
    owner,
    `SELECT count(*) = 0 AS done FROM facts WHERE name = '${SINGLE}' AND expanded_at IS NULL`,
  )
  return Math.round((count * 1000) / (performance.now() - from))
}

type Times = { readonly replies: number; readonly errors: number; readonly p50: number; readonly p99: number }

async function walk(db: Database, owner: pg.Client, reader: Reader) {
  await db.transaction(null, (tx) => publishFact(tx, { name: BROADCAST, actor: null }))
  const from = performance.now()
  const done = until(
    owner,
    `SELECT count(*) = 0 AS done FROM facts WHERE name = '${BROADCAST}' AND expanded_at IS NULL`,
  )
  const [p1, seconds] = await Promise.all([
    reader.during(done),
    done.then(() => (performance.now() - from) / 1000),
  ])
  const { rows } = await owner.query<{ people: string; ways: string }>(`
    SELECT count(*) FILTER (WHERE channel = 'in_app') AS people, count(*) AS ways FROM notification_deliveries WHERE kind = '${BROADCAST}'`)
  return {
    people: Number(rows[0]!.people),
    deliveries: Number(rows[0]!.ways),
    seconds: Number(figure(seconds)),
    p1,
  }
}

/** Asks P1 at a steady rate, whatever the answers take. */
class Reader {
  readonly #url: string
  readonly #tokens: readonly string[]

  constructor(url: string, tokens: readonly string[]) {
    this.#url = url
    this.#tokens = tokens
  }

  async during(work: Promise<unknown>): Promise<Times> {
    let over = false
    const ended = work.finally(() => {
      over = true
    })
    const times: number[] = []
    const asked: Promise<void>[] = []
    let errors = 0
    const from = performance.now()
    for (let n = 0; !over; n++) {
      const early = from + (n * 1000) / P1_A_SECOND - performance.now()
      if (early > 1) await sleep(early)
      const token = this.#tokens[n % this.#tokens.length]!
      asked.push(this.#ask(token).then((ms) => void (ms === null ? errors++ : times.push(ms))))
    }
    await Promise.all([ended, ...asked])
    const sorted = Float64Array.from(times).sort()
    const at = (share: number) => Number(figure(sorted[Math.floor(sorted.length * share)] ?? 0))
    return { replies: times.length, errors, p50: at(0.5), p99: at(0.99) }
  }

  async #ask(token: string): Promise<number | null> {
    const from = performance.now()
    const reply = await fetch(this.#url, { headers: { authorization: `Bearer ${token}` } }).catch(() => null)
    await reply?.arrayBuffer()
    return reply?.ok ? performance.now() - from : null
  }
}

async function until(owner: pg.Client, question: string): Promise<void> {
  while (!(await owner.query<{ done: boolean }>(question)).rows[0]!.done) await sleep(50)
}

async function tidy(owner: pg.Client): Promise<void> {
  await owner.query(`DELETE FROM facts WHERE name LIKE 'bench.%'`)
  await owner.query(`DELETE FROM notification_deliveries WHERE kind LIKE 'bench.%'`)
  await owner.query(
    `DELETE FROM notifications WHERE kind LIKE 'bench.%' AND created_at > now() - interval '2 days'`,
  )
  await owner.query('VACUUM ANALYZE facts, notifications, notification_deliveries, notification_counters')
}

async function startBenchWorker(database: BenchDatabase): Promise<{ stop(): Promise<void> }> {
  const child = fork(path.join(import.meta.dirname, 'worker.ts'), {
    env: {
      ...process.env,
      DATA_DIR: database.dataDir,
      LOG_LEVEL: 'warn',
      DATABASE_URL: database.appUrl,
      DATABASE_WORKER_URL: database.workerUrl,
    },
  })
  await once(child, 'message')
  return {
    async stop() {
      const ended = once(child, 'exit')
      child.send('stop')
      await ended
    },
  }
}

type Result = {
  readonly users: number
  readonly load_before: string
  readonly facts: Told
  readonly backlog_told_per_second: number
  readonly broadcast: Awaited<ReturnType<typeof walk>>
  readonly p1_idle: Times
  readonly p1_p99_ratio: number
}

function asTable({
  facts,
  backlog_told_per_second,
  broadcast,
  p1_idle,
  p1_p99_ratio,
  load_before,
}: Result): string {
  const rows = [
    ['facts a second into lists, of a backlog', figure(backlog_told_per_second), '1,000'],
    ['the same while each is published in a transaction of its own', figure(facts.told_per_second), ''],
    ['from a fact to the list, p50 and p99', `${facts.lag_p50_ms} and ${facts.lag_p99_ms} ms`, ''],
    [
      `a broadcast to ${broadcast.people.toLocaleString('en-US')} people, with ${broadcast.deliveries.toLocaleString('en-US')} rows of deliveries`,
      `${figure(broadcast.seconds)} s`,
      '60 s for 100,000',
    ],
    ['P1 meanwhile, p50 and p99', `${figure(broadcast.p1.p50)} and ${figure(broadcast.p1.p99)} ms`, ''],
    ['P1 idle, p50 and p99', `${figure(p1_idle.p50)} and ${figure(p1_idle.p99)} ms`, ''],
    ['its p99 meanwhile, in idle ones', figure(p1_p99_ratio), '3'],
    ['load of the machine before (of 2 cores)', load_before, ''],
  ]
  return table(['what', 'measured', 'target'], rows)
}
