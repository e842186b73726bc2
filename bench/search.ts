import { parseArgs } from 'node:util'
import pg from 'pg'
import { signInAll } from './access-patterns/sign-in.ts'
import { subjectsOf } from './access-patterns/subjects.ts'
import { openBenchDatabase } from './bench-database.ts'
import { startServer } from './bench-server.ts'
import { type LoadResult, load } from './load.ts'
import { wholeNumber } from './options.ts'
import { circumstances, figure, publish, record, table } from './report.ts'

const TEXTS = 400
const CONNECTIONS = 2
const POOL = 8

/** The most that the 95th of a hundred searches may take, in milliseconds. */
const CEILING = 20

type Measured = { readonly reader: string; readonly typed: string; readonly http: LoadResult }

/**
 * `search [--users 100000] [--seconds 5]`: GET /search over everything, as strangers and as members, by what is typed on the
 * way to the names of people and to the titles of programs, posts and events: two letters, three, half, all of it.
 */
export async function search(args: readonly string[]): Promise<void> {
  const options = { users: { type: 'string' }, seconds: { type: 'string' } } as const
  const { values } = parseArgs({ args: [...args], options })
  const users = wholeNumber('--users', values.users ?? '100000')
  const seconds = wholeNumber('--seconds', values.seconds ?? '5')
  const database = await openBenchDatabase(users)
  try {
    const texts = await textsOf(database.ownerUrl)
    const server = await startServer(database, { cache: true, poolSize: POOL })
    try {
      const tokens = [...(await signInAll(server.url, await subjectsOf(database.ownerUrl))).values()]
      const measured: Measured[] = []
      for (const [typed, cut] of Object.entries(CUTS)) {
        const paths = texts.map((text) => `/api/v1/search?q=${encodeURIComponent(cut(text))}`)
        const measure = async (reader: string, headers: (i: number) => Record<string, string>) => {
          const requests = paths.map((path, i) => ({ path, headers: headers(i) }))
          const { url } = server
          const http = await load({ url, requests, connections: CONNECTIONS, seconds, warmupSeconds: 2 })
          measured.push({ reader, typed, http })
        }
        await measure('stranger', () => ({}))
        await measure('member', (i) => ({ authorization: `Bearer ${tokens[i % tokens.length]}` }))
      }
      report(measured, { ...circumstances(), postgresql: database.version, users, seconds })
    } finally {
      await server.stop()
    }
  } finally {
    await database.stop()
  }
}

const CUTS: Readonly<Record<string, (text: string) => string>> = {
  'two letters': (text) => text.slice(0, 2),
  'three letters': (text) => text.slice(0, 3),
  half: (text) => text.slice(0, Math.max(2, Math.ceil(text.length / 2))),
  'all of it': (text) => text,
}

/** Names and titles in an order in which neighbours have nothing in common; most look for people. */
async function textsOf(ownerUrl: string): Promise<string[]> {
  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  try {
    const { rows } = await owner.query<{ text: string }>(`
      SELECT text FROM (
        (SELECT full_name AS text FROM users WHERE status = 'active' ORDER BY md5(user_id::text) LIMIT ${TEXTS / 2})
        UNION ALL (SELECT title FROM programs WHERE status = 'published' ORDER BY md5(program_id::text) LIMIT ${TEXTS / 8})
        UNION ALL (SELECT title FROM posts WHERE title IS NOT NULL ORDER BY md5(post_id::text) LIMIT ${TEXTS / 4})
        UNION ALL (SELECT title FROM events ORDER BY md5(event_id::text) LIMIT ${TEXTS / 8})
      ) texts ORDER BY md5(text)`)
    return rows.map(({ text }) => text.slice(0, 200))
  } finally {
    await owner.end()
  }
}

const HEAD = ['reader', 'typed', 'HTTP/s', 'p50', 'p95', 'p99', 'errors']

function report(measured: readonly Measured[], run: Record<string, string | number | boolean>): void {
  const rows = measured.map(({ reader, typed, http }) => [
    reader,
    typed,
    ...[http.rate, http.p50, http.p95, http.p99].map(figure),
    String(http.errors),
  ])
  const figures = table(HEAD, rows)
  const slowest = Math.max(...measured.map(({ http }) => http.p95))
  process.stdout.write(`${figures}\nslowest p95: ${figure(slowest)} ms, at most ${CEILING}\n`)
  process.stdout.write(`recorded in ${record('search', { run, measured })} and docs/benchmarks.md\n`)
  const where = Object.entries(run).map(([label, value]) => `${label} ${value}`)
  publish('search', `${figures}\n\n${where.join(' · ')}`)
  if (slowest > CEILING) process.exitCode = 1
}
