import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, test } from 'node:test'
import { audit } from '../platform/audit/index.ts'
import { sealAudit } from '../platform/audit/seal.ts'
import { createLocalStorage } from '../platform/storage/local.ts'
import { createTestDatabase, TEST_SECRET, type TestDatabase } from '../testing/database.ts'
import { tellOf } from '../testing/ops.ts'
import { untilAllIsOver } from '../testing/waiting.ts'
import { auditCommand } from './audit.ts'

let database: TestDatabase
let dataDir: string
before(async () => {
  database = await createTestDatabase()
})
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'bcn-audit-'))
  await database.owner.query('TRUNCATE audit_logs, audit_seals')
})
after(async () => {
  rmSync(dataDir, { recursive: true, force: true })
  await database.close()
})

const month = new Date().toISOString().slice(0, 7)
const signal = new AbortController().signal
const storage = () =>
  createLocalStorage({ dataDir, secretKey: TEST_SECRET, baseUrl: 'http://localhost/storage' })
const seal = async () => {
  await untilAllIsOver(database.owner)
  return sealAudit({ db: database.workerDb, storage: storage(), signal })
}
const query = (text: string, values: unknown[] = []) => database.owner.query(text, values)

/** Six rows in two seals, and one that is not sealed yet; answers their ids. */
async function writeSome(): Promise<string[]> {
  const entry = { actor: null, action: 'test.happened', entityType: 'thing', entityId: null } as const
  for (const rows of [3, 3, 1]) {
    await database.workerDb.transaction(null, async (tx) => {
      for (let n = 0; n < rows; n++)
        await audit(tx, { ...entry, retentionClass: 'security', metadata: { n } })
    })
    if (rows === 3) await seal()
  }
  const { rows } = await query('SELECT log_id FROM audit_logs ORDER BY log_id')
  return rows.map(({ log_id }) => log_id)
}

const verify = (...words: string[]) => verifyWith({}, ...words)

async function verifyWith(
  env: Readonly<Record<string, string>>,
  ...words: string[]
): Promise<{ lines: string[]; error: string | undefined }> {
  const lines: string[] = []
  const told = {
    command: auditCommand,
    database,
    env: { DATA_DIR: dataDir, ...env },
    print: (line: string) => void lines.push(line),
  }
  const error = await tellOf(told, 'verify', ...words).then(
    () => undefined,
    (failed: Error) => failed.message,
  )
  return { lines, error }
}

const named = (lines: readonly string[]) => lines.filter((line) => !line.startsWith(' '))

test('an untouched audit is whole', async () => {
  await writeSome()
  const { lines, error } = await verify()
  assert.equal(error, undefined)
  assert.deepEqual(lines, [
    `  security  ${month}: 7 rows, 2 seals, 1 not sealed yet: whole`,
    'the audit is whole: 7 rows',
  ])
})

test('each row that was altered, removed or inserted is named, with its class and month', async () => {
  const ids = await writeSome()
  await query(`UPDATE audit_logs SET metadata = '{"n": 8}' WHERE log_id = $1`, [ids[1]])
  await query('DELETE FROM audit_logs WHERE log_id = $1', [ids[2]])
  await query(`INSERT INTO audit_logs (log_id, timestamp, retention_class, action, mac)
    SELECT id, uuid_v7_time(id), 'security', 'test.forged', (SELECT mac FROM audit_logs LIMIT 1) FROM uuid_v7() id`)
  const { rows } = await query(`SELECT log_id FROM audit_logs WHERE action = 'test.forged'`)
  const { lines, error } = await verify()
  assert.deepEqual(named(lines), [
    `security ${month}: row ${ids[1]} was altered`,
    `security ${month}: row ${ids[2]} was removed`,
    `security ${month}: row ${rows[0].log_id} was inserted past the application`,
  ])
  assert.equal(error, 'the audit was touched: 3 problems in 7 rows')
  const { lines: told } = await verify('--json', '--class', 'security', '--month', month)
  assert.deepEqual(JSON.parse(told[1]!), {
    retention_class: 'security',
    month: `${month}-01`,
    kind: 'removed',
    logId: ids[2],
    seal: 1,
  })
  assert.equal((await verify('--class', 'financial')).error, undefined)
})

test('every column counts', async () => {
  const changes = {
    user_id: `'0198f0a0-0000-7000-8000-000000000001'`,
    impersonating_user_id: `'0198f0a0-0000-7000-8000-000000000001'`,
    action: `'test.other'`,
    entity_type: `'other'`,
    entity_id: `'0198f0a0-0000-7000-8000-000000000001'`,
    description: `'x'`,
    changes: `'{}'`,
    metadata: 'NULL',
    ip_address: `'203.0.113.1'`,
    user_agent: `'x'`,
    origin_cipher: `'\\x00'`,
    request_id: `'0198f0a0-0000-7000-8000-000000000001'`,
    severity: `'critical'`,
    mac: `decode(repeat('00', 33), 'hex')`,
  }
  const ids = await writeSome()
  for (const [column, value] of Object.entries(changes)) {
    const { rows } = await query(`SELECT ${column} AS was FROM audit_logs WHERE log_id = $1`, [ids[0]])
    await query(`UPDATE audit_logs SET ${column} = ${value} WHERE log_id = $1`, [ids[0]])
    assert.deepEqual(named((await verify()).lines), [`security ${month}: row ${ids[0]} was altered`], column)
    await query(`UPDATE audit_logs SET ${column} = $2 WHERE log_id = $1`, [ids[0], rows[0].was])
  }
  assert.equal((await verify()).error, undefined)
})

test('functions of the owner do not speak for a row that was altered', async () => {
  const ids = await writeSome()
  await query(`UPDATE audit_logs SET description = 'forged' WHERE log_id = $1`, [ids[0]])
  await query(`CREATE FUNCTION public.to_json(text) RETURNS json LANGUAGE sql AS 'SELECT NULL::json'`)
  await query(`ALTER ROLE CURRENT_USER IN DATABASE ${database.name} SET search_path = public, pg_catalog`)
  try {
    assert.deepEqual(named((await verify()).lines), [`security ${month}: row ${ids[0]} was altered`])
  } finally {
    await query(`ALTER ROLE CURRENT_USER IN DATABASE ${database.name} RESET search_path`)
    await query('DROP FUNCTION public.to_json(text)')
  }
})

test('a view in the place of the table is no audit, nor a column with a type of the owner', async () => {
  await writeSome()
  await query('ALTER TABLE audit_logs RENAME TO audit_kept')
  await query('CREATE VIEW audit_logs AS SELECT * FROM audit_kept')
  assert.match((await verify()).error ?? '', /^audit_logs is not the table .* public.audit_logs$/)
  await query('DROP VIEW audit_logs')
  await query('ALTER TABLE audit_kept RENAME TO audit_logs')
  await query('CREATE DOMAIN own_text AS text')
  await query('ALTER TABLE audit_logs ALTER COLUMN description TYPE own_text')
  assert.match((await verify()).error ?? '', /see column description$/)
  await query('ALTER TABLE audit_logs ALTER COLUMN description TYPE text')
  await query('DROP DOMAIN own_text')
  assert.equal((await verify()).error, undefined)
})

test('a row is found in whichever month and partition it was put', async () => {
  const ids = await writeSome()
  const forge = async (at: string) => {
    const { rows } = await query(
      `WITH t AS (SELECT overlay(uuid_v7()::text PLACING overlay(lpad(to_hex((extract(epoch FROM $1::timestamptz) * 1000)::bigint), 12, '0')
         PLACING '-' FROM 9 FOR 0) FROM 1 FOR 13)::uuid AS id)
       INSERT INTO audit_logs (log_id, timestamp, retention_class, action, mac)
       SELECT id, uuid_v7_time(id), 'security', 'test.forged', (SELECT mac FROM audit_logs WHERE log_id = $2) FROM t RETURNING log_id`,
      [at, ids[0]],
    )
    return rows[0].log_id
  }
  const next = `${new Date(Date.now() + 60 * 86_400_000).toISOString().slice(0, 7)}`
  await query(
    `CREATE TABLE audit_logs_security_2020_01 PARTITION OF audit_logs_security FOR VALUES FROM ('2019-03-01Z') TO ('2019-04-01Z')`,
  )
  await query(
    `CREATE TABLE audit_logs_security_x PARTITION OF audit_logs_security FOR VALUES FROM ('2150-01-01Z') TO (MAXVALUE)`,
  )
  try {
    const forged = [await forge('2019-03-15Z'), await forge(`${next}-15Z`), await forge('2151-05-01Z')]
    assert.deepEqual(named((await verify()).lines), [
      `security 2019-03: row ${forged[0]} was inserted past the application`,
      `security ${next}: row ${forged[1]} was inserted past the application`,
      `security 2151-05: row ${forged[2]} was inserted past the application`,
    ])
  } finally {
    await query('DROP TABLE audit_logs_security_2020_01, audit_logs_security_x')
  }
})

test('a tail that was cut off, rows and seals, is told by the copies outside', async () => {
  const ids = await writeSome()
  await query('DELETE FROM audit_logs WHERE log_id >= $1', [ids[3]])
  await query('DELETE FROM audit_seals WHERE number = 2')
  assert.deepEqual(named((await verify()).lines), [
    `security ${month}: seal 2 was cut off: only its copy outside is left`,
    ...ids.slice(3, 6).map((id) => `security ${month}: row ${id} was removed`),
  ])
})

test('a whole month that was removed with its seals is told too', async () => {
  const ids = await writeSome()
  await query('TRUNCATE audit_logs, audit_seals')
  const { lines } = await verify()
  assert.equal(named(lines).length, 2 + 6)
  assert.ok(named(lines).includes(`security ${month}: row ${ids[5]} was removed`))
})

test('a seal that was altered so that it no longer covers a removed row gives itself away, and the row', async () => {
  const ids = await writeSome()
  await query('DELETE FROM audit_logs WHERE log_id = $1', [ids[2]])
  await query(
    `UPDATE audit_seals SET row_count = 2, log_ids = substring(log_ids FROM 1 FOR 32) WHERE number = 1`,
  )
  assert.deepEqual(named((await verify()).lines), [
    `security ${month}: seal 1 was altered`,
    `security ${month}: row ${ids[2]} was removed`,
  ])
})

test('a seal missing in the middle, or a copy that went, is told', async () => {
  await writeSome()
  await query('DELETE FROM audit_seals WHERE number = 1')
  assert.deepEqual(named((await verify()).lines), [`security ${month}: seal 1 is missing in the chain`])
  for await (const key of storage().list('audit-seals/')) await storage().delete(key)
  const { lines } = await verify()
  assert.ok(named(lines).includes(`security ${month}: seal 2 has no copy outside any more`))
  assert.ok(named(lines).includes(`security ${month}: seal 1 is missing in the chain`))
})

test('rows of a month whose class’s time is over may be gone; their seals stand', async () => {
  await writeSome()
  const { lines } = await verify()
  assert.equal(lines.length, 2)
  await query('TRUNCATE audit_logs')
  for (const [interval, problems] of [
    ['35 months', 6],
    ['40 months', 0],
  ] as const) {
    for await (const key of storage().list('audit-seals/')) await storage().delete(key)
    await query(
      `UPDATE audit_seals SET stored_at = NULL, month = date_trunc('month', now() - $1::interval)`,
      [interval],
    )
    assert.equal(
      named((await verify()).lines).filter((line) => line.endsWith('was removed')).length,
      problems,
    )
  }
})

const insertUnsigned = async (retentionClass: string, rows: number): Promise<string[]> => {
  const inserted = await query(
    `INSERT INTO audit_logs (log_id, timestamp, retention_class, action, metadata)
     SELECT id, uuid_v7_time(id), $1, 'test.old', '{"b": 1.50, "a": [1, 2]}'
     FROM (SELECT uuid_v7() AS id FROM generate_series(1, $2::int) OFFSET 0) new RETURNING log_id`,
    [retentionClass, rows],
  )
  return inserted.rows.map(({ log_id }) => log_id)
}

async function adopt(...words: string[]): Promise<string[]> {
  const lines: string[] = []
  const told = { command: auditCommand, database, print: (line: string) => void lines.push(line) }
  await tellOf(told, 'adopt', ...words)
  return lines
}

test('rows from before are signed once, by an operator, which the audit keeps, and sealed then', async () => {
  await insertUnsigned('general', 3)
  await insertUnsigned('financial', 2500)
  assert.equal((await verify()).error, 'the audit was touched: 2503 problems in 2503 rows')
  const months = [`  financial ${month}: 2500 rows`, `  general   ${month}: 3 rows`]
  assert.deepEqual(await adopt(), [
    ...months,
    '2503 rows are from before rows were signed; nothing was changed, add --yes to sign them',
  ])
  assert.deepEqual(await adopt('--yes'), [...months, 'signed 2503 rows'])
  assert.deepEqual(await adopt('--yes'), ['nothing to do: no row is from before rows were signed'])
  const { rows } = await query(
    `SELECT metadata, severity FROM audit_logs WHERE action = 'audit.rows_adopted' AND mac IS NOT NULL`,
  )
  assert.deepEqual(
    rows.map(({ metadata, severity }) => [JSON.parse(metadata), severity]),
    [[{ rows: 2503, months: { [`financial_${month}`]: 2500, [`general_${month}`]: 3 } }, 'warning']],
  )
  assert.equal((await seal()).rows, 2504)
  assert.equal((await verify()).error, undefined)
})

test('a row without a MAC that is from after the first signed one is never signed, whatever was unsigned before it', async () => {
  await writeSome()
  const [forged] = await insertUnsigned('financial', 1)
  const refused = [
    '1 rows are not signed and from after the first signed row: they stay so',
    'nothing to do: no row is from before rows were signed',
  ]
  assert.deepEqual(await adopt('--yes'), refused)
  assert.deepEqual(named((await verify()).lines), [
    `financial ${month}: row ${forged} was inserted past the application`,
  ])
  await query('UPDATE audit_logs SET mac = NULL')
  assert.equal((await adopt('--yes')).at(-1), refused[1])
  assert.match((await verify()).lines.join('\n'), new RegExp(`row ${forged} was inserted`))
})

test('a run that was cut short goes on where it was', async () => {
  const ids = await insertUnsigned('general', 2500)
  await query(
    `CREATE FUNCTION cut_short() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'cut short'; END $$;
     CREATE TRIGGER cut_short BEFORE UPDATE ON audit_logs FOR EACH ROW WHEN (old.log_id = '${ids[100]}') EXECUTE FUNCTION cut_short()`,
  )
  await assert.rejects(adopt('--yes'), /cut short/)
  await query('DROP FUNCTION cut_short CASCADE')
  assert.equal((await adopt('--yes')).at(-1), 'signed 500 rows')
  await seal()
  assert.equal((await verify()).error, undefined)
})

test('a month of which there is nothing is not called whole', async () => {
  await writeSome()
  const { lines, error } = await verify('--month', '2031-01')
  assert.deepEqual([lines, error], [[], 'the audit has nothing of 2031-01: neither rows nor seals'])
})

test('another key is told in one line, and one row that was altered is not taken for that', async () => {
  const [first] = await writeSome()
  const { lines, error } = await verifyWith({ SECRET_KEY: 'another secret of as many letters' })
  assert.deepEqual(lines, [])
  assert.match(error ?? '', /^no row of the audit fits AUDIT_KEYS or SECRET_KEY/)
  await query('UPDATE audit_logs SET severity = $2 WHERE log_id <> $1', [first, 'critical'])
  assert.equal((await verify()).error, 'the audit was touched: 6 problems in 7 rows')
})

test('words that are none are refused', async () => {
  for (const words of [['--month', '2026'], ['--class', 'secret'], ['--month', '2026-13'], ['all']]) {
    assert.match((await verify(...words)).error ?? '', /unexpected/)
  }
})
