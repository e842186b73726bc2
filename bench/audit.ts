import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { HELD_TEXT } from '../src/platform/audit/canonical.ts'
import { Auditing, audit } from '../src/platform/audit/index.ts'
import { sealAudit } from '../src/platform/audit/seal.ts'
import { verifyMonth } from '../src/platform/audit/verify.ts'
import { readConfig } from '../src/platform/config.ts'
import { createFieldCipher } from '../src/platform/crypto/fields.ts'
import { keyRingOf } from '../src/platform/crypto/key-ring.ts'
import { connect, type Database } from '../src/platform/db/index.ts'
import { migrate } from '../src/platform/db/migrate.ts'
import { openDatabase } from '../src/platform/db/open.ts'
import { createLog } from '../src/platform/log.ts'
import { createLocalStorage } from '../src/platform/storage/local.ts'
import { circumstances, figure, publish, record, table } from './report.ts'

const MIGRATIONS = path.join(import.meta.dirname, '../db')
const SECRET = 'a benchmark keeps no secrets from anybody'
const BATCH = 5_000
const WRITERS = 8

/**
 * How fast audit rows are written one by one, sealed from a backlog, and verified. In a database of its own that goes
 * with the run: rows of one month, as a sign-in leaves them.
 */
export async function auditBench(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { rows: { type: 'string', default: '500000' } } })
  const rows = Number(values.rows)
  const dataDir = mkdtempSync(path.join(tmpdir(), 'bcn-audit-bench-'))
  const config = { ...readConfig({ DATA_DIR: dataDir }), secretKey: SECRET }
  const opened = await openDatabase(config, createLog({ ...config, logLevel: 'warn' }))
  const auditing = new Auditing(config, createFieldCipher(keyRingOf(config)))
  try {
    const { ownerUrl, appUrl, workerUrl } = opened
    await migrate(ownerUrl, { dir: MIGRATIONS, appUrl, workerUrl })
    const client = new pg.Client({ connectionString: ownerUrl })
    await client.connect()
    const db = connect({
      url: workerUrl,
      poolSize: WRITERS + 4,
      prepared: true,
      applicationName: 'bcn bench',
      auditing,
    })
    const storage = createLocalStorage({ dataDir, secretKey: SECRET, baseUrl: 'http://localhost/storage' })
    const written = await writeOneByOne(db)
    await fill(client, auditing, rows)
    const [sealing, { rows: sealed }] = await timed(() =>
      sealAudit({ db, storage, signal: new AbortController().signal }),
    )
    await client.query('VACUUM ANALYZE audit_logs')
    const month = { retention_class: 'security', month: `${new Date().toISOString().slice(0, 7)}-01` }
    const verify = () => verifyMonth({ client, storage, macs: auditing.macs, report: () => {} }, month)
    await verify()
    const [verifying, verdict] = await timed(verify)
    if (verdict.problems > 0)
      throw new Error(`${verdict.problems} problems: ${JSON.stringify(verdict.first)}`)
    await Promise.all([db.close(), client.end()])
    const result = {
      ...circumstances(),
      rows: verdict.rows,
      written_per_second: Math.round(written),
      sealed_per_second: Math.round(sealed / sealing),
      verified_per_second: Math.round(verdict.rows / verifying),
    }
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n${record('audit', result)}\n`)
    publish('audit', asTable(result))
  } finally {
    await opened.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

function asTable(result: {
  rows: number
  written_per_second: number
  sealed_per_second: number
  verified_per_second: number
}): string {
  return table(
    ['what', 'rows a second', 'target'],
    [
      [`written one by one, a transaction each, ${WRITERS} at once`, figure(result.written_per_second), ''],
      [
        `sealed, from a backlog of ${result.rows.toLocaleString('en-US')}`,
        figure(result.sealed_per_second),
        '5,000',
      ],
      ['verified: MAC, seal and copies outside', figure(result.verified_per_second), '200,000'],
    ],
  )
}

async function timed<T>(work: () => Promise<T>): Promise<[seconds: number, T]> {
  const from = performance.now()
  const value = await work()
  return [(performance.now() - from) / 1000, value]
}

/** Rows a second, during four seconds. */
async function writeOneByOne(db: Database): Promise<number> {
  const entry = {
    actor: null,
    action: 'identity.user_signed_in',
    entityType: 'user',
    retentionClass: 'general',
  } as const
  let written = 0
  const end = Date.now() + 4_000
  const writer = async () => {
    while (Date.now() < end) {
      await db.transaction(null, (tx) =>
        audit(tx, { ...entry, entityId: null, metadata: { proof: 'password' } }),
      )
      written++
    }
  }
  await Promise.all(Array.from({ length: WRITERS }, writer))
  return written / 4
}

/** Signed rows in batches, a transaction each: made by the database, signed here. */
async function fill(client: pg.Client, { macs }: Auditing, rows: number): Promise<void> {
  for (let done = 0; done < rows; done += BATCH) {
    await client.query('BEGIN')
    const { rows: made } = await client.query<{ log_id: string; text: string }>(
      `WITH new AS (
         INSERT INTO audit_logs (log_id, timestamp, retention_class, user_id, action, entity_type, entity_id, metadata, origin_cipher,
           request_id, severity)
         SELECT id, uuid_v7_time(id), 'security', id, 'identity.user_signed_in', 'user', id, '{"proof": "password", "new_device": false}',
           decode(repeat('ab', 120), 'hex'), id, 'info'
         FROM (SELECT uuid_v7() AS id FROM generate_series(1, $1::int) OFFSET 0) ids RETURNING *)
       SELECT a.log_id, ${HELD_TEXT} AS text FROM new a`,
      [BATCH],
    )
    await client.query(
      `UPDATE audit_logs a SET mac = n.mac FROM unnest($1::uuid[], $2::bytea[]) n(log_id, mac)
       WHERE a.log_id = n.log_id AND a.timestamp = uuid_v7_time(n.log_id) AND a.retention_class = 'security'`,
      [made.map(({ log_id }) => log_id), made.map(({ text }) => macs.of(text))],
    )
    await client.query('COMMIT')
  }
}
