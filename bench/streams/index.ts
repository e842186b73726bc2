import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { createCache } from '../../src/platform/cache/index.ts'
import { readConfig } from '../../src/platform/config.ts'
import { createLog } from '../../src/platform/log.ts'
import { publishLive } from '../../src/platform/realtime/index.ts'
import { startRedis } from '../../src/testing/redis.ts'
import { openBenchDatabase } from '../bench-database.ts'
import { startServer } from '../bench-server.ts'
import { wholeNumber } from '../options.ts'
import { circumstances, figure, publish, record, table } from '../report.ts'
import { now, startClients } from './clients.ts'

const CEILING_MB = 400
const CEILING_ALL_MS = 500
const CEILING_ONE_MS = 100
const TO_ALL = 8
const TO_ONE = 200
const POOL = 8

type Figures = { readonly p50: number; readonly p95: number; readonly most: number }
type Measured = {
  readonly streams: number
  readonly openedIn: number
  readonly idleMb: number
  readonly openMb: number
  readonly mostMb: number
  readonly toAll: Figures
  readonly toOne: Figures
}

/**
 * `streams [--streams 10000]`: so many people's streams on one server process, held by a second process; what they take, and
 * how long an event needs to all of them and to one. Needs redis-server, and twice as many open files as streams, halved
 * between the two processes (`ulimit -n`, which Node raises as far as it may).
 */
export async function streams(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { streams: { type: 'string' } } })
  const count = wholeNumber('--streams', values.streams ?? '10000')
  // Not all of the generated are active.
  const users = Math.ceil(count * 1.2)
  const database = await openBenchDatabase(users)
  const redis = await startRedis()
  const owner = new pg.Client({ connectionString: database.ownerUrl })
  const cache = createCache(readConfig({ REDIS_URL: redis.url }), {
    log: createLog(readConfig({ LOG_LEVEL: 'warn' })),
  })
  const clients = startClients()
  try {
    await owner.connect()
    await owner.query('DELETE FROM notifications; DELETE FROM notification_counters')
    const people = await peopleOf(owner, count)
    const tokens = await sessionsOf(owner, people)
    const env = { REDIS_URL: redis.url, MAX_STREAMS: String(count + 100) }
    const server = await startServer(database, { cache: true, poolSize: POOL, env })
    try {
      const idleMb = memoryOf(server.pid).now
      const openedIn = await clients.open(Number(new URL(server.url).port), tokens)
      // One heartbeat to all of them.
      await sleep(26_000)
      const openMb = memoryOf(server.pid).now
      const all = await toAll()
      const one = await toOne()
      const measured = {
        streams: count,
        openedIn,
        idleMb,
        openMb,
        mostMb: memoryOf(server.pid).most,
        toAll: all,
        toOne: one,
      }
      report(measured, { ...circumstances(), postgresql: database.version, load: loadavg()[0]!.toFixed(1) })
    } finally {
      await server.stop()
    }

    /** From the commit of what all are told to each one's socket. */
    async function toAll(): Promise<Figures> {
      const times: number[] = []
      for (let round = 0; round < TO_ALL; round++) {
        let from = 0
        const text = `To all ${round}.`
        const moments = await clients.moments(text, count, async () => {
          await tell(owner, people, text)
          from = now()
          await publishLive(cache, { all: true })
        })
        times.push(...moments.map((moment) => (moment - from) / 1e6))
        await sleep(1500)
      }
      return figuresOf(times)
    }

    /** From before it is written to the person's socket. */
    async function toOne(): Promise<Figures> {
      const times: number[] = []
      for (let round = 0; round < TO_ONE; round++) {
        const person = people[(round * 7919) % people.length]!
        let from = 0
        const text = `To one ${round}.`
        const [moment = 0] = await clients.moments(text, 1, async () => {
          from = now()
          await tell(owner, [person], text)
          await publishLive(cache, { users: [person] })
        })
        times.push((moment - from) / 1e6)
        await sleep(20)
      }
      return figuresOf(times)
    }
  } finally {
    clients.stop()
    await Promise.all([owner.end(), cache.close()])
    await redis.stop()
    await database.stop()
  }
}

async function peopleOf(owner: pg.Client, count: number): Promise<string[]> {
  const { rows } = await owner.query<{ user_id: string }>(
    `SELECT user_id FROM users WHERE status = 'active' ORDER BY user_id LIMIT $1`,
    [count],
  )
  if (rows.length < count) throw new Error(`only ${rows.length} people are active: expected ${count}`)
  return rows.map(({ user_id }) => user_id)
}

/** A session each, without the work of ten thousand passwords. */
async function sessionsOf(owner: pg.Client, people: readonly string[]): Promise<string[]> {
  const secrets = people.map(() => randomBytes(32).toString('base64url'))
  const { rows } = await owner.query<{ session_id: string; user_id: string }>(
    `INSERT INTO sessions (session_id, user_id, token_hash, kind, proven_at, expires_at)
     SELECT uuid_v7(), user_id, token_hash, 'token', now(), now() + interval '1 hour'
     FROM unnest($1::uuid[], $2::text[]) AS new(user_id, token_hash) RETURNING session_id, user_id`,
    [people, secrets.map((secret) => createHash('sha256').update(secret).digest('base64url'))],
  )
  const ids = new Map(rows.map(({ user_id, session_id }) => [user_id, session_id]))
  return people.map((user, n) => `${ids.get(user)}.${secrets[n]}`)
}

async function tell(owner: pg.Client, people: readonly string[], text: string): Promise<void> {
  await owner.query(
    `INSERT INTO notifications (notification_id, created_at, user_id, notification_type, title, message, action_url)
     SELECT id, uuid_v7_time(id), user_id, 'account', $2, 'Something has happened that you may like to know of.', '/events'
     FROM (SELECT uuid_v7() AS id, user_id FROM unnest($1::uuid[]) AS told(user_id) OFFSET 0) new`,
    [people, text],
  )
}

/** Resident memory of a process in MB, and the most it ever was. */
function memoryOf(pid: number): { now: number; most: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const read = (name: string) =>
    Math.round(Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024)
  return { now: read('VmRSS'), most: read('VmHWM') }
}

function figuresOf(times: readonly number[]): Figures {
  const sorted = Float64Array.from(times).sort()
  const at = (share: number) => Math.round((sorted[Math.floor((sorted.length - 1) * share)] ?? 0) * 10) / 10
  return { p50: at(0.5), p95: at(0.95), most: at(1) }
}

function report(measured: Measured, run: Record<string, string | number | boolean>): void {
  const { streams: count, openedIn, idleMb, openMb, mostMb, toAll, toOne } = measured
  const rows = [
    ['memory of the server, MB', `${idleMb} without, ${openMb} open`, `${mostMb} at most`, `${CEILING_MB}`],
    ['an event to all, ms', figure(toAll.p50), figure(toAll.p95), `${CEILING_ALL_MS}`],
    ['an event to one, ms', figure(toOne.p50), figure(toOne.p95), `${CEILING_ONE_MS}`],
  ]
  const figures = table([`${count} streams`, 'median', '95th of a hundred', 'at most'], rows)
  process.stdout.write(`${figures}\nopened in ${figure(openedIn)} s\n`)
  process.stdout.write(`recorded in ${record('streams', { run, measured })} and docs/benchmarks.md\n`)
  const where = Object.entries(run).map(([label, value]) => `${label} ${value}`)
  publish('streams', `${figures}\n\nOpened in ${figure(openedIn)} s.\n\n${where.join(' · ')}`)
  if (mostMb > CEILING_MB || toAll.p95 > CEILING_ALL_MS || toOne.p95 > CEILING_ONE_MS) process.exitCode = 1
}
