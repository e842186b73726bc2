import { createHash } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { PASSWORD } from '../../src/ops/generate/rows/people.ts'
import { verifyPassword } from '../../src/platform/crypto/passwords.ts'
import { type BenchDatabase, openBenchDatabase } from '../bench-database.ts'
import { startServer } from '../bench-server.ts'
import { type LoadRequest, type LoadResult, load } from '../load.ts'
import { circumstances, publish, record, table } from '../report.ts'

const USERS = 2000
const POOL = 8
/** Sign-ins under way at once, each from an address of its own. */
const STORM = 1000
/** Readers of P1: enough to be many, too few to fill the processor by themselves. */
const READERS = 4
const ROUNDS = 3
const SECONDS = 5
const SAMPLES = 60

type Member = { readonly user_id: string; readonly email: string; readonly password_hash: string }
type Round = { readonly idle: LoadResult; readonly storm: LoadResult; readonly signIns: LoadResult }

/**
 * `sign-in`: what a sign-in costs besides its hash, and how long P1 takes while a thousand people sign in at once, against
 * what it takes when nobody does. Both in turns against one server, and the median of three rounds.
 */
export async function signInStorm(): Promise<void> {
  const database = await openBenchDatabase(USERS)
  try {
    const members = await membersOf(database)
    // Each of the storm has an address of its own, which the server takes from the proxy's header.
    const server = await startServer(database, { cache: true, poolSize: POOL, env: { TRUST_PROXY: 'on' } })
    try {
      const cost = await costOf(server.url, members)
      const rounds: Round[] = []
      for (let round = 0; round < ROUNDS; round++) rounds.push(await weather(server.url, members))
      report(cost, rounds, { ...circumstances(), postgresql: database.version, users: USERS })
    } finally {
      await server.stop()
    }
  } finally {
    await database.stop()
  }
}

async function membersOf({ ownerUrl }: BenchDatabase): Promise<Member[]> {
  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  try {
    const { rows } = await owner.query<Member>(
      `SELECT user_id, email, password_hash FROM users WHERE status = 'active' ORDER BY user_id LIMIT ${STORM}`,
    )
    return rows
  } finally {
    await owner.end()
  }
}

/** One at a time: whole sign-ins, and the same number of hashes alone, in turns. Milliseconds, medians. */
async function costOf(url: string, members: readonly Member[]) {
  const whole: number[] = []
  const hash: number[] = []
  for (let i = 0; i < SAMPLES + 5; i++) {
    const member = members[i]!
    const signIn = await timed(() => signedIn(url, signInOf(member, i)))
    const alone = await timed(() => verifyPassword(member.password_hash, PASSWORD))
    if (i < 5) continue
    whole.push(signIn)
    hash.push(alone)
  }
  return { whole: median(whole), hash: median(hash), rest: median(whole) - median(hash) }
}

async function weather(url: string, members: readonly Member[]): Promise<Round> {
  const tokens: string[] = []
  for (const [i, member] of members.slice(0, 64).entries())
    tokens.push(await signedIn(url, signInOf(member, i)))
  const requests = tokens.map((token) => ({
    path: '/api/v1/me',
    headers: { authorization: `Bearer ${token}` },
  }))
  const readMe = () => load({ url, requests, connections: READERS, seconds: SECONDS, warmupSeconds: 1 })
  const idle = await readMe()
  const storm = load({
    url,
    requests: members.map(signInOf),
    connections: STORM,
    seconds: SECONDS + 2,
    warmupSeconds: 2,
  })
  await sleep(2000)
  return { idle, storm: await readMe(), signIns: await storm }
}

/** From a device of their own that they keep: nobody is written a mail about it. */
function signInOf({ email, user_id }: Member, i: number): LoadRequest {
  const device = createHash('sha256').update(user_id).digest('base64url')
  return {
    path: '/api/v1/auth/login',
    method: 'POST',
    headers: { 'x-forwarded-for': `10.${i >> 8}.${i & 255}.1` },
    body: JSON.stringify({ email, password: PASSWORD, session: 'token', device }),
  }
}

async function signedIn(url: string, { path, headers, body }: LoadRequest): Promise<string> {
  const reply = await fetch(url + path, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    ...(body !== undefined && { body }),
  })
  if (!reply.ok) throw new Error(`a sign-in answered ${reply.status}: ${await reply.text()}`)
  const { token } = (await reply.json()) as { token: string }
  return token
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now()
  await work()
  return performance.now() - from
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}

const HEAD = [
  'round',
  'P1/s idle',
  'p99 idle',
  'P1/s in the storm',
  'p99 in the storm',
  'ratio',
  'sign-ins/s',
  'refused',
]

function report(
  cost: Awaited<ReturnType<typeof costOf>>,
  rounds: readonly Round[],
  run: ReturnType<typeof circumstances>,
): void {
  const rows = rounds.map(({ idle, storm, signIns }, i) => [
    String(i + 1),
    String(idle.rate),
    idle.p99.toFixed(2),
    String(storm.rate),
    storm.p99.toFixed(2),
    (storm.p99 / idle.p99).toFixed(2),
    String(signIns.rate),
    String(signIns.errors),
  ])
  const ratio = median(rounds.map(({ idle, storm }) => storm.p99 / idle.p99))
  const says = [
    `P1's p99 while ${STORM} people sign in is ${ratio.toFixed(2)} times its idle value (median of ${rounds.length} rounds).`,
    `A sign-in takes ${cost.whole.toFixed(1)} ms, of which the hash ${cost.hash.toFixed(1)} ms and all else ${cost.rest.toFixed(1)} ms.`,
  ].join('\n')
  const figures = `${table(HEAD, rows)}\n\n${says}`
  process.stdout.write(`${figures}\n`)
  process.stdout.write(
    `recorded in ${record('sign-in', { run, cost, ratio, rounds })} and docs/benchmarks.md\n`,
  )
  const where = Object.entries(run).map(([name, value]) => `${name} ${value}`)
  publish('sign-in', `${figures}\n\n${where.join(' · ')}`)
}
