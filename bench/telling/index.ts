import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { publishFact } from '../../src/platform/facts/index.ts'
import { endWithUs } from '../../src/testing/children.ts'
import { createTestDatabase, type TestDatabase } from '../../src/testing/database.ts'
import { startSmtp, type TestSmtp } from '../../src/testing/smtp.ts'
import { wholeNumber } from '../options.ts'
import { table } from '../report.ts'
import { TOLD } from './notices.ts'
import { type Expected, expected, type Persona, personas, register } from './people.ts'

const PATIENCE_MS = 240_000

/** What one way brought. `doubles`: people who got it twice; `again`: repeats that bear the id of the first, of killed processes. */
export type Brought = {
  readonly now: number
  readonly later: number
  readonly doubles: number
  readonly again: number
}
export type Telling = {
  readonly kills: number
  readonly expected: Readonly<Record<string, Expected>>
  readonly brought: Readonly<Record<string, Brought>>
  readonly reasons: Readonly<Record<string, number>>
}

/** `npm run bench -- telling --people 1000`: prints the table; exit code 1 where what was brought is not what was expected. */
export async function telling(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { people: { type: 'string', default: '1000' } } })
  const told = await tellPeople(wholeNumber('--people', values.people))
  const rows = Object.entries(told.brought).map(([channel, { now, later, doubles, again }]) => {
    const hoped = told.expected[channel]!
    const isRight = now === hoped.now && later === hoped.later && doubles === 0
    if (!isRight) process.exitCode = 1
    return [channel, hoped.now, now, hoped.later, later, doubles, again, isRight ? 'equal' : 'DIFFERENT'].map(
      String,
    )
  })
  const head = [
    'way',
    'expected',
    'brought',
    'expected later',
    'brought later',
    'doubles',
    'tried again',
    'verdict',
  ]
  process.stdout.write(
    `${table(head, rows)}\n\nworkers killed: ${told.kills}\nnot sent: ${JSON.stringify(told.reasons)}\n`,
  )
}

/**
 * One fact to so many people, who want to be told in different ways, zones, languages and at different hours, while the worker is
 * killed three times; then three hours and a digest's time go by.
 */
export async function tellPeople(count: number): Promise<Telling> {
  const database = await createTestDatabase()
  const smtp = await startSmtp()
  const dataDir = mkdtempSync(path.join(tmpdir(), 'bcn-telling-'))
  const place = { database, smtp, dataDir }
  let worker: ChildProcess | undefined
  try {
    const [actor] = await register(database.owner, '00000000-0000-0000-0000-000000000000', [
      { ...personas(2)[1]!, email: 'actor@example.com' },
    ])
    const people = await register(database.owner, actor!.id, personas(count))
    const hoped = expected(people)
    const recipients = people.map(({ id }) => id)
    await database.db.transaction(null, (tx) => publishFact(tx, { name: TOLD, actor: actor!.id, recipients }))

    let kills = 0
    for (const share of [0.2, 0.45, 0.7]) {
      worker = await startBenchWorker(place, 0)
      await until(() => smtp.received.length >= hoped.email.now * share)
      worker.kill('SIGKILL')
      await once(worker, 'exit')
      kills++
    }
    worker = await startBenchWorker(place, 0)
    await until(async () => (await waiting(database, "due_at < now() + interval '1 minute'")) === 0)
    const first = brought(place, people)
    const listed = await lists(database)

    await end(worker)
    await database.owner.query(`UPDATE notification_deliveries SET due_at = now() WHERE status = 'waiting'`)
    worker = await startBenchWorker(place, 3)
    await until(async () => (await waiting(database, 'true')) === 0)
    const all = brought(place, people)
    const { rows } = await database.owner.query<{ reason: string; n: string }>(
      `SELECT channel || ' ' || reason AS reason, count(*) AS n FROM notification_deliveries WHERE status = 'skipped' GROUP BY 1 ORDER BY 1`,
    )
    const way = (channel: 'email' | 'sms'): Brought => {
      const [before, after] = [first[channel], all[channel]]
      return {
        now: before.people,
        later: after.people - before.people,
        doubles: after.doubles,
        again: after.again,
      }
    }
    return {
      kills,
      expected: hoped,
      brought: {
        in_app: { now: listed.people, later: 0, doubles: listed.rows - listed.people, again: 0 },
        email: way('email'),
        sms: way('sms'),
        push: { now: 0, later: 0, doubles: 0, again: 0 },
      },
      reasons: Object.fromEntries(rows.map(({ reason, n }) => [reason, Number(n)])),
    }
  } finally {
    if (worker) await end(worker)
    await smtp.stop()
    await database.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

type Place = { readonly database: TestDatabase; readonly smtp: TestSmtp; readonly dataDir: string }

/** At the mail server by Message-ID, which is what a mailbox keeps; SMS by the id that the local twin files them under. */
function brought({ smtp, dataDir }: Place, people: readonly Persona[]) {
  const byPerson = Map.groupBy(smtp.received, ({ to }) => to[0] ?? '')
  const mails = people.map(({ email }) => byPerson.get(email) ?? [])
  const ids = mails.map((some) => new Set(some.map(({ headers }) => headers['message-id'])).size)
  const folder = path.join(dataDir, 'outbox')
  const texts = readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name.endsWith('.json'))
    .map(({ name }): { to: string } => JSON.parse(readFileSync(path.join(folder, name), 'utf8')))
  const numbers = new Set(texts.map(({ to }) => to))
  return {
    email: {
      people: ids.filter((n) => n > 0).length,
      doubles: ids.filter((n) => n > 1).length,
      again: mails.flat().length - ids.reduce((sum, n) => sum + n, 0),
    },
    sms: { people: numbers.size, doubles: texts.length - numbers.size, again: 0 },
  }
}

async function lists({ owner }: TestDatabase): Promise<{ people: number; rows: number }> {
  const { rows } = await owner.query<{ people: string; rows: string }>(
    'SELECT count(DISTINCT user_id) AS people, count(*) AS rows FROM notifications WHERE kind = $1',
    [TOLD],
  )
  return { people: Number(rows[0]!.people), rows: Number(rows[0]!.rows) }
}

/** Facts that nobody was told, and deliveries that wait. */
async function waiting({ owner }: TestDatabase, condition: string): Promise<number> {
  const { rows } = await owner.query<{ n: string }>(
    `SELECT (SELECT count(*) FROM facts WHERE expanded_at IS NULL)
       + (SELECT count(*) FROM notification_deliveries WHERE status = 'waiting' AND ${condition}) AS n`,
  )
  return Number(rows[0]!.n)
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE_MS
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('what was expected did not come')
    await sleep(20)
  }
}

async function startBenchWorker({ database, smtp, dataDir }: Place, ahead: number): Promise<ChildProcess> {
  const child = fork(path.join(import.meta.dirname, 'worker.ts'), {
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'test',
      LOG_LEVEL: 'error',
      DATA_DIR: dataDir,
      DATABASE_URL: database.appUrl,
      DATABASE_WORKER_URL: database.workerUrl,
      SMTP_URL: smtp.url,
      MAIL_FROM: 'Network <house@example.org>',
      SMS_MONTHLY_CAP: '9000000',
      AHEAD_HOURS: String(ahead),
    },
  })
  endWithUs(child)
  await once(child, 'message')
  return child
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}
