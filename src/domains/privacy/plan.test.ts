import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { TABLES } from './classification.ts'
import { columnsOfPlan } from './columns.ts'
import { EXPORTED, STEPS } from './plan.ts'
import { JSON_COLUMNS } from './plan-json.ts'
import { STANDING } from './plan-standing.ts'

describe('the plan of exports and erasures', () => {
  let database: TestDatabase
  before(async () => {
    database = await createTestDatabase()
  })
  after(() => database.close())

  const named = async (text: string) => {
    const { rows } = await database.owner.query<{ name: string }>(text)
    return rows.map(({ name }) => name).sort()
  }

  test('has no column without an exporter and an eraser where it needs them', () => {
    assert.deepEqual(
      columnsOfPlan().filter(({ gap }) => gap !== null),
      [],
    )
  })

  test('exports everything personal, and nothing secret', () => {
    const exported = new Set(
      EXPORTED.flatMap(({ table, columns }) => columns.map((one) => `${table}.${one}`)),
    )
    for (const { table, columns } of TABLES) {
      for (const [column, { kind }] of columns) {
        if (kind === 'personal')
          assert.ok(exported.has(`${table}.${column}`), `${table}.${column} is exported`)
        if (kind === 'secret')
          assert.ok(!exported.has(`${table}.${column}`), `${table}.${column} never leaves`)
      }
    }
  })

  test('decides for every reference to a person that the database knows', async () => {
    const references = await named(`
      SELECT k.conrelid::regclass || '.' || a.attname AS name
      FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
      WHERE k.contype = 'f' AND k.confrelid = 'users'::regclass AND k.conparentid = 0`)
    const writing = [
      'posts.author_id',
      'comments.author_id',
      'projects.submitted_by',
      'program_reviews.user_id',
    ]
    const planned = new Set([...STEPS.map(({ table, column }) => `${table}.${column}`), ...writing])
    const kept = TABLES.flatMap(({ table, erasure }) =>
      [...erasure].flatMap(([column, { decision }]) => (decision === 'keep' ? [`${table}.${column}`] : [])),
    )
    assert.deepEqual(
      references.filter((one) => !planned.has(one) && !kept.includes(one)),
      [],
    )
  })

  test('says what is inside every JSON column, and of none that is not there', async () => {
    const columns = await named(`
      SELECT c.oid::regclass || '.' || a.attname AS name
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.atttypid IN ('json'::regtype, 'jsonb'::regtype)
        AND c.relnamespace IN ('public'::regnamespace, 'analytics'::regnamespace)`)
    assert.deepEqual(Object.keys(JSON_COLUMNS).sort(), columns)
  })

  test('names only columns that are there, and each once', () => {
    for (const [table, { clears, stands }] of Object.entries(STANDING)) {
      const entry = TABLES.find((one) => one.table === table)
      assert.ok(entry, table)
      const emptied = new Set(Object.values(clears).flat())
      for (const column of [...emptied, ...stands]) assert.ok(entry.columns.has(column), `${table}.${column}`)
      assert.deepEqual(
        stands.filter((column) => emptied.has(column)),
        [],
        table,
      )
    }
  })
})
