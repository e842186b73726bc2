import { parseArgs } from 'node:util'
import pg from 'pg'
import { asSelf } from '../src/platform/actor.ts'
import { connect, type Database, type Statement } from '../src/platform/db/index.ts'
import { signInAll } from './access-patterns/sign-in.ts'
import { subjectsOf } from './access-patterns/subjects.ts'
import { type BenchDatabase, openBenchDatabase } from './bench-database.ts'
import { startServer } from './bench-server.ts'
import { best, closedLoop, type Rate } from './closed-loop.ts'
import { type LoadResult, load } from './load.ts'
import { wholeNumber } from './options.ts'
import { circumstances, figure, publish, record, table } from './report.ts'

const POOL = 8
const CONNECTIONS = 16
const CALLERS = 64
const ROUNDS = 3
const PAGES = 2000

export type PageReads = {
  /** Of the results and of the place in docs/benchmarks.md. */
  readonly name: string
  /** Whose page is read: a query for `username`, in an order in which neighbours have nothing in common. */
  readonly usernames: string
  readonly statement: Statement
  readonly path: (username: string) => string
  /** Off: what the page costs when nothing keeps it. */
  readonly cache: boolean
}

type Measured = { readonly reader: string; readonly limit: Rate; readonly http: LoadResult }

/**
 * `<name> [--users 100000] [--seconds 5]`: a page as strangers and as members read it, against its statement alone through
 * the same layer. The two take turns and the best of three counts.
 */
export async function pageReads(what: PageReads, args: readonly string[]): Promise<void> {
  const options = { users: { type: 'string' }, seconds: { type: 'string' } } as const
  const { values } = parseArgs({ args: [...args], options })
  const users = wholeNumber('--users', values.users ?? '100000')
  const seconds = wholeNumber('--seconds', values.seconds ?? '5')
  const database = await openBenchDatabase(users)
  try {
    const measured = await measureAll(what, database, seconds)
    report(what.name, measured, { ...circumstances(), postgresql: database.version, users, seconds })
  } finally {
    await database.stop()
  }
}

async function measureAll(what: PageReads, database: BenchDatabase, seconds: number): Promise<Measured[]> {
  const server = await startServer(database, { cache: what.cache, poolSize: POOL })
  const db = connect({ url: database.appUrl, poolSize: POOL, prepared: true, applicationName: 'bcn bench' })
  try {
    const tokens = await signInAll(server.url, await subjectsOf(database.ownerUrl))
    const members = [...tokens].map(([userId, token]) => ({ actor: asSelf(userId), token }))
    const usernames = await usernamesOf(database.ownerUrl, what.usernames)
    const at = <T>(all: readonly T[], i: number) => all[i % all.length]!
    const http = (headers: (i: number) => Record<string, string>) => () =>
      load({
        url: server.url,
        requests: usernames.map((username, i) => ({ path: what.path(username), headers: headers(i) })),
        connections: CONNECTIONS,
        seconds,
        warmupSeconds: 1.5,
      })
    const asMember = (i: number) => db.textAs(at(members, i).actor, what.statement, [at(usernames, i)])
    return [
      await measure(
        'stranger',
        seconds,
        asStranger(db, what, usernames),
        http(() => ({})),
      ),
      await measure(
        'member',
        seconds,
        asMember,
        http((i) => ({ authorization: `Bearer ${at(members, i).token}` })),
      ),
    ]
  } finally {
    await db.close()
    await server.stop()
  }
}

function asStranger(db: Database, { statement }: PageReads, usernames: readonly string[]) {
  return (i: number) => db.text(statement, [usernames[i % usernames.length]!])
}

async function measure(
  reader: string,
  seconds: number,
  statement: (i: number) => Promise<unknown>,
  http: () => Promise<LoadResult>,
): Promise<Measured> {
  const limits: Rate[] = []
  const replies: LoadResult[] = []
  for (let round = 0; round < ROUNDS; round++) {
    limits.push(await closedLoop(statement, { callers: CALLERS, seconds, warmupSeconds: 1.5 }))
    replies.push(await http())
  }
  return { reader, limit: best(limits)!, http: best(replies)! }
}

async function usernamesOf(ownerUrl: string, query: string): Promise<string[]> {
  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  try {
    const { rows } = await owner.query<{ username: string }>(`${query} LIMIT ${PAGES}`)
    return rows.map(({ username }) => username)
  } finally {
    await owner.end()
  }
}

const HEAD = ['reader', 'limit/s', 'HTTP/s', 'p50', 'p95', 'p99', 'HTTP/limit', 'errors']

function report(
  name: string,
  measured: readonly Measured[],
  run: Record<string, string | number | boolean>,
): void {
  const rows = measured.map(({ reader, limit, http }) => [
    reader,
    ...[limit.rate, http.rate, http.p50, http.p95, http.p99, http.rate / limit.rate].map(figure),
    String(http.errors),
  ])
  const figures = table(HEAD, rows)
  process.stdout.write(`${figures}\n`)
  process.stdout.write(`recorded in ${record(name, { run, measured })} and docs/benchmarks.md\n`)
  const where = Object.entries(run).map(([label, value]) => `${label} ${value}`)
  publish(name, `${figures}\n\n${where.join(' · ')}`)
}
