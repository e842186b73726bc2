import { parseArgs } from 'node:util'
import pg from 'pg'
import { personPage } from '../src/domains/identity/queries/people.ts'
import { asSelf } from '../src/platform/actor.ts'
import { connect } from '../src/platform/db/index.ts'
import { signInAll } from './access-patterns/sign-in.ts'
import { subjectsOf } from './access-patterns/subjects.ts'
import { type BenchDatabase, openBenchDatabase } from './bench-database.ts'
import { startServer } from './bench-server.ts'
import { best, closedLoop, type Rate } from './closed-loop.ts'
import { type LoadRequest, type LoadResult, load } from './load.ts'
import { wholeNumber } from './options.ts'
import { circumstances, figure, publish, record, table } from './report.ts'

const POOL = 8
const CONNECTIONS = 16
const CALLERS = 64
const ROUNDS = 3
const PROFILES = 2000

type Measured = { readonly reader: string; readonly limit: Rate; readonly http: LoadResult }

/**
 * `profiles [--users 100000] [--seconds 5]`: GET /people/{username}, never cached, as strangers and as members read it,
 * against the statement alone through the same layer. The two take turns and the best of three counts.
 */
export async function profiles(args: readonly string[]): Promise<void> {
  const options = { users: { type: 'string' }, seconds: { type: 'string' } } as const
  const { values } = parseArgs({ args: [...args], options })
  const users = wholeNumber('--users', values.users ?? '100000')
  const seconds = wholeNumber('--seconds', values.seconds ?? '5')
  const database = await openBenchDatabase(users)
  try {
    const measured = await measureAll(database, seconds)
    report(measured, { ...circumstances(), postgresql: database.version, users, seconds })
  } finally {
    await database.stop()
  }
}

async function measureAll(database: BenchDatabase, seconds: number): Promise<Measured[]> {
  const server = await startServer(database, { cache: true, poolSize: POOL })
  const db = connect({ url: database.appUrl, poolSize: POOL, prepared: true, applicationName: 'bcn bench' })
  try {
    const tokens = await signInAll(server.url, await subjectsOf(database.ownerUrl))
    const readers = [...tokens].map(([userId, token]) => ({ actor: asSelf(userId), token }))
    const usernames = await usernamesOf(database.ownerUrl)
    const page = personPage('username')
    const who = (i: number) => usernames[i % usernames.length]!
    const as = (i: number) => readers[i % readers.length]!
    const requests = (headers: (i: number) => LoadRequest['headers']) =>
      usernames.map((username, i) => ({ path: `/api/v1/people/${username}`, headers: headers(i) ?? {} }))
    const through = (asked: readonly LoadRequest[]) =>
      load({ url: server.url, requests: asked, connections: CONNECTIONS, seconds, warmupSeconds: 1.5 })
    return [
      await measure(
        'stranger',
        seconds,
        (i) => db.text(page, [who(i)]),
        () => through(requests(() => ({}))),
      ),
      await measure(
        'member',
        seconds,
        (i) => db.textAs(as(i).actor, page, [who(i)]),
        () => through(requests((i) => ({ authorization: `Bearer ${as(i).token}` }))),
      ),
    ]
  } finally {
    await db.close()
    await server.stop()
  }
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

/** In an order in which neighbours have nothing in common. */
async function usernamesOf(ownerUrl: string): Promise<string[]> {
  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  try {
    const { rows } = await owner.query<{ username: string }>(
      `SELECT username FROM users WHERE status = 'active' ORDER BY md5(user_id::text) LIMIT ${PROFILES}`,
    )
    return rows.map(({ username }) => username)
  } finally {
    await owner.end()
  }
}

const HEAD = ['reader', 'limit/s', 'HTTP/s', 'p50', 'p95', 'p99', 'HTTP/limit', 'errors']

function report(measured: readonly Measured[], run: Record<string, string | number | boolean>): void {
  const rows = measured.map(({ reader, limit, http }) => [
    reader,
    ...[limit.rate, http.rate, http.p50, http.p95, http.p99, http.rate / limit.rate].map(figure),
    String(http.errors),
  ])
  const figures = table(HEAD, rows)
  process.stdout.write(`${figures}\n`)
  process.stdout.write(`recorded in ${record('profiles', { run, measured })} and docs/benchmarks.md\n`)
  const where = Object.entries(run).map(([name, value]) => `${name} ${value}`)
  publish('profiles', `${figures}\n\n${where.join(' · ')}`)
}
