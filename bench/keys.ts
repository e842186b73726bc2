import { createHash } from 'node:crypto'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { PASSWORD } from '../src/ops/generate/rows/people.ts'
import { SEALED_COLUMNS } from '../src/ops/sealed-columns.ts'
import { readConfig } from '../src/platform/config.ts'
import { createFieldCipher, type FieldCipher } from '../src/platform/crypto/fields.ts'
import { keyRingOf } from '../src/platform/crypto/key-ring.ts'
import { keyState, rotate } from '../src/platform/crypto/rotation.ts'
import { connect } from '../src/platform/db/index.ts'
import { OperatorError } from '../src/platform/errors.ts'
import { type BenchDatabase, openBenchDatabase } from './bench-database.ts'
import { startServer } from './bench-server.ts'
import { type LoadResult, load } from './load.ts'
import { wholeNumber } from './options.ts'
import { circumstances, figure, publish, record, table } from './report.ts'

const SECRET_KEY = 'only-for-benchmarks-on-this-machine-0123'
/** The same in every run: the database is kept, and with it what an earlier run sealed. */
const key = (id: number) => `${id}:${createHash('sha256').update(`benchmark key ${id}`).digest('base64')}`

/**
 * A rotation of every sealed value beside P1 at a quiet rate: values a second, and P1's p99 with it and without. P1 is read
 * uncached by a few connections, as people do who open the platform; a closed loop that takes all there is would measure how
 * two processes share processors.
 */
export async function keys(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { users: { type: 'string', default: '20000' }, seconds: { type: 'string', default: '4' } },
  })
  const [users, seconds] = [wholeNumber('--users', values.users), wholeNumber('--seconds', values.seconds)]
  const database = await openBenchDatabase(users)
  try {
    const [old, fresh] = [key(1), key(2)]
    const sealed = await sealAll(database, cipherOf([old]))
    const env = { FIELD_KEYS: [fresh, old].join(','), SECRET_KEY }
    const server = await startServer(database, { cache: false, poolSize: 8, env })
    try {
      const headers = { authorization: `Bearer ${await tokenOf(database, server.url)}` }
      const p1 = () =>
        load({ url: `${server.url}/api/v1/me`, headers, connections: 2, seconds, warmupSeconds: 0.5 })
      const idle = await p1()
      const owner = connect({
        url: database.ownerUrl,
        poolSize: 2,
        prepared: true,
        applicationName: 'bench keys',
      })
      try {
        const fields = cipherOf([fresh, old])
        const stopping = new AbortController()
        const began = performance.now()
        let renewed = 0
        const during = p1()
        const rotation = rotate(owner, {
          columns: SEALED_COLUMNS,
          fields,
          signal: stopping.signal,
          onBatch(_column, _looked, some) {
            renewed += some
          },
        }).then(() => performance.now() - began)
        const [busy, milliseconds] = await Promise.all([during, rotation])
        const left = (await keyState(owner.anonymous, SEALED_COLUMNS)).flatMap((one) => one.keys)
        const result = {
          sealed,
          renewed,
          seconds: milliseconds / 1000,
          values_per_second: Math.round((1000 * renewed) / milliseconds),
          keys_left: [...new Set(left.map((one) => one.key))],
          p1_idle: idle,
          p1_during: busy,
          p99_ratio: busy.p99 / idle.p99,
        }
        process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
        report(users, result)
      } finally {
        await owner.close()
      }
    } finally {
      await server.stop()
    }
  } finally {
    await database.stop()
  }
}

type Result = {
  readonly values_per_second: number
  readonly renewed: number
  readonly p1_idle: LoadResult
  readonly p1_during: LoadResult
  readonly p99_ratio: number
}

function report(users: number, result: Result): void {
  record('keys', { ...circumstances(), users, ...result })
  const row = (name: string, { rate, p50, p99, errors }: LoadResult) => [
    name,
    figure(rate),
    figure(p50),
    figure(p99),
    String(errors),
  ]
  const head = ['P1, uncached, two connections', 'replies/s', 'p50 ms', 'p99 ms', 'errors']
  const rows = [row('idle', result.p1_idle), row('during the rotation', result.p1_during)]
  const text = `${result.renewed} values sealed anew at ${result.values_per_second} a second.`
  publish('keys', `${text}\n\n${table(head, rows)}`)
}

function cipherOf(entries: readonly string[]): FieldCipher {
  const config = readConfig({ FIELD_KEYS: entries.join(','), SECRET_KEY })
  return createFieldCipher(keyRingOf({ ...config, secretKey: SECRET_KEY }))
}

/** Everybody has a number and a secret. */
async function sealAll({ ownerUrl }: BenchDatabase, fields: FieldCipher): Promise<number> {
  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  try {
    const { rows } = await owner.query<{ user_id: string }>('SELECT user_id FROM users')
    for (let at = 0; at < rows.length; at += 1000) {
      const ids = rows.slice(at, at + 1000).map(({ user_id }) => user_id)
      const number = (index: number) => `+2547${String(at + index).padStart(8, '0')}`
      await owner.query(
        `UPDATE users u SET phone_cipher = v.cipher, phone_index = v.index, phone_number = '+254 •••', two_factor_secret = v.secret
         FROM unnest($1::uuid[], $2::bytea[], $3::bytea[], $4::text[]) v (id, cipher, index, secret) WHERE u.user_id = v.id`,
        [
          ids,
          ids.map((id, index) => fields.seal(`users.phone_cipher:${id}`, number(index))),
          ids.map((_id, index) => fields.index('phone', number(index))),
          ids.map((id) => fields.sealText(`users.two_factor_secret:${id}`, 'JBSWY3DPEHPK3PXP')),
        ],
      )
    }
    await owner.query('VACUUM ANALYZE users')
    return 2 * rows.length
  } finally {
    await owner.end()
  }
}

async function tokenOf({ ownerUrl }: BenchDatabase, url: string): Promise<string> {
  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  const { rows } = await owner.query<{ email: string }>(
    `SELECT email FROM users WHERE status = 'active' AND password_hash IS NOT NULL AND NOT coalesce(two_factor_enabled, false) LIMIT 1`,
  )
  await owner.end()
  const reply = await fetch(`${url}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: rows[0]!.email, password: PASSWORD, session: 'token' }),
  })
  if (reply.status !== 200)
    throw new OperatorError(`the sign-in was answered ${reply.status}: ${await reply.text()}`)
  const { token } = (await reply.json()) as { token: string }
  return token
}
