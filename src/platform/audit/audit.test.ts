import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import { createTestDatabase, TEST_SECRET } from '../../testing/database.ts'
import { asSelf } from '../actor.ts'
import { within } from '../origin.ts'
import { HELD_TEXT, jsonbText } from './canonical.ts'
import { newLogId } from './ids.ts'
import { audit } from './index.ts'
import { auditMacs } from './macs.ts'
import { originsOf } from './origins.ts'

const database = await createTestDatabase()
after(() => database.close())
const { db, workerDb, owner } = database

const actor = asSelf('0198f0a0-0000-7000-8000-000000000001')
const other = { ...actor, userId: '0198f0a0-0000-7000-8000-000000000002' }
const staff = asSelf('0198f0a0-0000-7000-8000-000000000003')
const entry = {
  action: 'test.thing_changed',
  entityType: 'thing',
  entityId: other.userId,
  retentionClass: 'general',
} as const
const origin = { id: other.userId, ip: '203.0.113.9', userAgent: 'x'.repeat(2000) }
const macs = auditMacs({ auditKeys: [], secretKey: TEST_SECRET })

test('an entry lands in the partition of its class and month, with the time of its id, and its MAC fits', async () => {
  await db.transaction(actor, (tx) =>
    within(origin, () =>
      audit(tx, {
        ...entry,
        actor,
        retentionClass: 'security',
        changes: ['email', 'phone'],
        metadata: { count: 2 },
        severity: 'warning',
      }),
    ),
  )
  const { rows } = await owner.query(
    `SELECT a.*, a.tableoid::regclass::text AS partition, uuid_v7_time(log_id) = timestamp AS same, ${HELD_TEXT} AS text,
       a.xid IS NOT NULL AS placed FROM audit_logs a`,
  )
  assert.equal(rows.length, 1)
  const [row] = rows
  assert.match(row.partition, /^audit_logs_security_\d{4}_\d{2}$/)
  assert.deepEqual(
    [
      row.user_id,
      row.changes,
      row.severity,
      row.same,
      row.placed,
      row.request_id,
      row.ip_address,
      row.user_agent,
    ],
    [actor.userId, '["email", "phone"]', 'warning', 't', 't', origin.id, null, null],
  )
  const mac = Buffer.from(row.mac.slice(2), 'hex')
  assert.ok(macs.isOf(row.text, mac))
  assert.ok(!macs.isOf(`${row.text} `, mac))
  assert.ok(!auditMacs({ auditKeys: [], secretKey: 'another secret of as many letters' }).isOf(row.text, mac))
})

test('a new key signs, and what the old one signed still verifies', () => {
  const key = { id: 7, key: Buffer.alloc(32, 7) }
  const rotated = auditMacs({ auditKeys: [key], secretKey: TEST_SECRET })
  assert.equal(rotated.of('text')[0], 7)
  assert.ok(rotated.isOf('text', rotated.of('text')) && rotated.isOf('text', macs.of('text')))
  assert.ok(!macs.isOf('text', rotated.of('text')))
})

test('where it came from opens for staff, with the key of the person, until that is destroyed', async () => {
  await owner.query(
    `INSERT INTO users (user_id, email, full_name) VALUES ($1, 'staff@example.com', 'Staff')`,
    [staff.userId],
  )
  await owner.query(
    `INSERT INTO user_roles (user_id, role_name, valid_from) VALUES ($1, 'admin', now() - interval '1 day')`,
    [staff.userId],
  )
  await workerDb.transaction(null, (tx) =>
    within({ ...origin, userAgent: undefined }, () =>
      audit(tx, { ...entry, actor: null, action: 'test.nobody' }),
    ),
  )
  const read = async () => {
    const rows = await db.transaction(staff, async (tx) => {
      const { rows } = await sql<{
        log_id: string
        user_id: string | null
        impersonating_user_id: string | null
        timestamp: string
        retention_class: string
        origin_cipher: Buffer | null
      }>`SELECT * FROM audit_logs WHERE origin_cipher IS NOT NULL ORDER BY log_id`.execute(tx)
      return originsOf(tx, rows)
    })
    return rows.map((told) => told && [told.ip, told.agent?.length, told.reason])
  }
  assert.deepEqual(await read(), [
    ['203.0.113.9', 500, undefined],
    ['203.0.113.9', undefined, undefined],
  ])
  await workerDb.transaction(null, (tx) =>
    sql`DELETE FROM audit_keys WHERE user_id = ${actor.userId}::uuid`.execute(tx),
  )
  assert.deepEqual(await read(), [null, ['203.0.113.9', undefined, undefined]])
})

test('one person, first seen twenty times at once, has one key', async () => {
  const person = asSelf('0198f0a0-0000-7000-8000-0000000000aa')
  const write = () =>
    db.transaction(person, (tx) => within(origin, () => audit(tx, { ...entry, actor: person })))
  await Promise.all(Array.from({ length: 20 }, write))
  const { rows } = await owner.query(`SELECT count(*) AS n FROM audit_keys WHERE user_id = $1`, [
    person.userId,
  ])
  assert.equal(rows[0].n, '1')
})

test('a key that was rolled back is relied on by nobody', async () => {
  const person = asSelf('0198f0a0-0000-7000-8000-0000000000bb')
  const write = (tx: Parameters<typeof audit>[0]) =>
    within(origin, () => audit(tx, { ...entry, actor: person }))
  const undone = db.transaction(person, async (tx) => {
    await write(tx)
    await write(tx)
    throw new Error('undone')
  })
  await assert.rejects(undone, /undone/)
  await db.transaction(person, write)
  const { rows } = await owner.query('SELECT count(*) AS n FROM audit_keys WHERE user_id = $1', [
    person.userId,
  ])
  assert.equal(rows[0].n, '1')
})

test('it goes with its transaction, and jobs may write it for nobody', async () => {
  const failed = db.transaction(actor, async (tx) => {
    await audit(tx, { ...entry, actor, action: 'test.undone' })
    throw new Error('undone')
  })
  await assert.rejects(failed, /undone/)
  await workerDb.transaction(null, (tx) => audit(tx, { ...entry, actor: null, action: 'test.thing_swept' }))
  const { rows } = await owner.query(
    "SELECT action, user_id, origin_cipher, request_id FROM audit_logs WHERE action IN ('test.undone', 'test.thing_swept')",
  )
  assert.deepEqual(rows, [
    { action: 'test.thing_swept', user_id: null, origin_cipher: null, request_id: null },
  ])
})

test('what may be a personal value is refused, and the message does not repeat it', async () => {
  const values = ['Amina Odhiambo', 'amina@example.com', '+254 700 000000', { from: ['a b'] }]
  for (const value of values) {
    const written = db.transaction(actor, (tx) => audit(tx, { ...entry, actor, metadata: { what: value } }))
    await assert.rejects(
      written,
      (error: Error) => /what may hold/.test(error.message) && !/mina|254/.test(error.message),
    )
  }
})

test("nobody can write in another's name, nor change what is written, nor see a key", async () => {
  await assert.rejects(
    db.transaction(actor, (tx) => audit(tx, { ...entry, actor: other })),
    /row-level security/,
  )
  await assert.rejects(
    db.transaction(null, (tx) => audit(tx, { ...entry, actor })),
    /row-level security/,
  )
  for (const statement of [
    "UPDATE audit_logs SET action = 'x'",
    'DELETE FROM audit_logs',
    'TRUNCATE audit_logs',
    'SELECT * FROM audit_keys',
    'SELECT * FROM audit_month_keys',
    'INSERT INTO audit_seals SELECT * FROM audit_seals',
  ]) {
    await assert.rejects(sql.raw(statement).execute(db.anonymous), /permission denied/, statement)
  }
  for (const statement of ["UPDATE audit_seals SET head = ''", 'DELETE FROM audit_seals']) {
    await assert.rejects(sql.raw(statement).execute(workerDb.anonymous), /permission denied/, statement)
  }
})

test('our JSON reads as PostgreSQL prints it', async () => {
  const values = [
    { b: 1, aa: [true, null, 'é"\\\n\u0001\u007f\u2028'], a: { z: 1.5, é: 'x' } },
    [0.0000001, 1e21, -1.25e-9, 123456789012345680000, -0, 12.5e3, 5e-324, 1.7976931348623157e308],
    { left: undefined, date: new Date(0), '': {}, list: [] },
  ]
  for (const value of values) {
    const ours = jsonbText(value)
    const { rows } = await owner.query('SELECT $1::jsonb::text AS text', [ours])
    assert.equal(rows[0].text, ours)
  }
})

test('ids ascend within the process, also within a millisecond', () => {
  const ids = Array.from({ length: 20_000 }, () => newLogId().id)
  assert.deepEqual(ids, [...ids].sort())
  assert.equal(new Set(ids).size, ids.length)
  assert.match(ids[0]!, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})
