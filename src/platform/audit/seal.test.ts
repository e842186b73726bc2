import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, test } from 'node:test'
import { createTestDatabase, TEST_SECRET, type TestDatabase } from '../../testing/database.ts'
import { untilAllIsOver } from '../../testing/waiting.ts'
import type { Storage } from '../storage/index.ts'
import { createLocalStorage } from '../storage/local.ts'
import { audit } from './index.ts'
import { sealAudit } from './seal.ts'

let database: TestDatabase
let folder: string
let storage: Storage

before(async () => {
  database = await createTestDatabase()
})
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bcn-seals-'))
  storage = createLocalStorage({
    dataDir: folder,
    secretKey: TEST_SECRET,
    baseUrl: 'http://localhost/storage',
  })
  await database.owner.query('TRUNCATE audit_logs, audit_seals')
})
after(async () => {
  rmSync(folder, { recursive: true, force: true })
  await database.close()
})

const signal = new AbortController().signal
const sealNow = (most?: number) => sealAudit({ db: database.workerDb, storage, signal }, most)
/** Of what is committed, nothing is held up by what others run on this server. */
const seal = async (most?: number) => {
  await untilAllIsOver(database.owner)
  return sealNow(most)
}
const entry = { actor: null, action: 'test.happened', entityType: 'thing', entityId: null } as const
const write = (count = 1, retentionClass: 'general' | 'security' = 'general') =>
  database.workerDb.transaction(null, async (tx) => {
    for (let n = 0; n < count; n++) await audit(tx, { ...entry, retentionClass, metadata: { n } })
  })

async function sealed(): Promise<{ number: number; row_count: number; stored: boolean }[]> {
  const { rows } = await database.owner.query(
    `SELECT number, row_count, stored_at IS NOT NULL AS stored FROM audit_seals WHERE retention_class = 'general' ORDER BY number`,
  )
  return rows.map((row) => ({ number: +row.number, row_count: +row.row_count, stored: row.stored === 't' }))
}

/** How often each row is covered: every one once. */
async function timesCovered(): Promise<number[]> {
  const { rows } = await database.owner.query(`
    SELECT (SELECT count(*) FROM audit_seals s, generate_series(0, s.row_count - 1) n
            WHERE substring(s.log_ids FROM n * 16 + 1 FOR 16) = uuid_send(a.log_id)) AS times FROM audit_logs a`)
  return rows.map(({ times }) => Number(times))
}

async function copies(): Promise<string[]> {
  const keys: string[] = []
  for await (const key of storage.list('audit-seals/')) keys.push(key)
  return keys
}

test('what is committed is sealed once, per class, and each seal has its copy outside', async () => {
  await write(3)
  await write(2, 'security')
  assert.deepEqual(await seal(), { rows: 5, seals: 2, copies: 2 })
  assert.deepEqual(await seal(), { rows: 0, seals: 0, copies: 0 })
  await write(2)
  assert.deepEqual(await seal(), { rows: 2, seals: 1, copies: 1 })
  assert.deepEqual(await sealed(), [
    { number: 1, row_count: 3, stored: true },
    { number: 2, row_count: 2, stored: true },
  ])
  const month = new Date().toISOString().slice(0, 7)
  const names = (await copies()).map((key) => key.replace(/-[0-9a-f]{32}\.json$/, ''))
  assert.deepEqual(names, [
    `audit-seals/general/${month}/00000001`,
    `audit-seals/general/${month}/00000002`,
    `audit-seals/security/${month}/00000001`,
  ])
})

test('a month is sealed as what it holds, whatever its partition is called', async () => {
  await database.owner.query(`
    CREATE TABLE audit_logs_general_x PARTITION OF audit_logs_general FOR VALUES FROM ('2019-03-01Z') TO ('2019-04-01Z');
    CREATE TABLE audit_logs_general_2019_06 PARTITION OF audit_logs_general FOR VALUES FROM ('2019-05-10Z') TO ('2019-05-20Z')`)
  try {
    const { rows } = await database.owner.query(
      `SELECT month::text FROM audit_months() WHERE retention_class = 'general' AND month < '2020-01-01'`,
    )
    assert.deepEqual(rows, [{ month: '2019-03-01' }])
    await write(1)
    assert.equal((await seal()).rows, 1)
  } finally {
    await database.owner.query('DROP TABLE audit_logs_general_x, audit_logs_general_2019_06')
  }
})

test('what commits later than what was written after it is missed by no seal, and covered once', async () => {
  const late = Promise.withResolvers<void>()
  const isWritten = Promise.withResolvers<void>()
  const slow = database.workerDb.transaction(null, async (tx) => {
    await audit(tx, { ...entry, retentionClass: 'general', action: 'test.slow' })
    isWritten.resolve()
    await late.promise
  })
  await isWritten.promise
  await write(2) // committed, and above the horizon
  await sealNow()
  await write(1)
  assert.equal((await sealNow()).rows, 0, 'nothing is sealed beyond a transaction that still runs')
  late.resolve()
  await slow
  await seal()
  assert.deepEqual(await timesCovered(), [1, 1, 1, 1])
})

test('sealers that race while rows come in cover every row once, and no number twice', async () => {
  const writers = Array.from({ length: 4 }, async () => {
    for (let n = 0; n < 25; n++) await write(1 + (n % 3))
  })
  let isOver = false
  const sealers = Array.from({ length: 3 }, async () => {
    while (!isOver) await sealNow(10)
  })
  await Promise.all(writers)
  isOver = true
  await Promise.all(sealers)
  await seal()
  const covered = await timesCovered()
  assert.ok(covered.length > 100 && covered.every((times) => times === 1))
})

test('a backlog is sealed in parts of whole transactions, one great transaction included', async () => {
  await write(1)
  await seal()
  for (let n = 0; n < 5; n++) await write(4)
  await write(30)
  await write(2)
  await seal(8)
  assert.deepEqual(
    (await sealed()).map(({ row_count }) => row_count),
    [1, 12, 38, 2],
  )
  assert.ok((await timesCovered()).every((times) => times === 1))
})

test('a crash between the seal and its copy, or between the copy and its mark, is mended by the next run', async () => {
  await write(2)
  const failing = { ...storage, put: () => Promise.reject(new Error('out of reach')) }
  await untilAllIsOver(database.owner)
  await assert.rejects(sealAudit({ db: database.workerDb, storage: failing, signal }), /out of reach/)
  assert.deepEqual(await sealed(), [{ number: 1, row_count: 2, stored: false }])
  const cut = {
    ...storage,
    async put(...words: Parameters<Storage['put']>) {
      await storage.put(...words)
      throw new Error('cut short')
    },
  }
  await assert.rejects(sealAudit({ db: database.workerDb, storage: cut, signal }), /cut short/)
  const [copy] = await copies()
  assert.deepEqual(await seal(), { rows: 0, seals: 0, copies: 1 })
  assert.deepEqual(await copies(), [copy])
  assert.deepEqual(await sealed(), [{ number: 1, row_count: 2, stored: true }])
})

test('after a restore into a cluster whose transactions count anew, nothing is missed and nothing is sealed twice', async () => {
  await write(3)
  await seal()
  await write(2) // not sealed yet when the dump was made
  await database.owner.query(
    `UPDATE audit_seals SET cluster = 'the old one', to_xid = '99999999999', from_xid = '0'`,
  )
  await database.owner.query(`UPDATE audit_logs SET xid = (xid::text::bigint + 9000000000)::text::xid8`)
  await write(1)
  await seal()
  await write(2)
  await seal()
  assert.deepEqual(
    (await sealed()).map(({ row_count }) => row_count),
    [3, 3, 2],
  )
  assert.ok((await timesCovered()).every((times) => times === 1))
  // The old numbers are reached in time: they are not met again.
  await database.owner.query(
    `UPDATE audit_logs SET xid = (SELECT to_xid FROM audit_seals WHERE retention_class = 'general' AND number = 3)
     WHERE xid > '9000000000' AND log_id IN (
       SELECT encode(substring(s.out_of_turn FROM n * 16 + 1 FOR 16), 'hex')::uuid
       FROM audit_seals s, generate_series(0, octet_length(s.out_of_turn) / 16 - 1) n)`,
  )
  await write(1)
  await seal()
  assert.ok((await timesCovered()).every((times) => times === 1))
})
