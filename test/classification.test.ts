import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { recordOfProcessing } from '../src/domains/privacy/index.ts'
import { createTestDatabase, type TestDatabase } from '../src/testing/database.ts'
import { catalogueOf } from './catalogue.ts'

type Entry = {
  /** The columns that say whose row it is; absent for a view. */
  readonly owner?: readonly string[]
  readonly retention?: string
  /** Column → what erasing that person does to the row: `delete|scrub|keep|detach: reason`. */
  readonly erasure?: Readonly<Record<string, string>>
  /** Column → class and who is shown it. */
  readonly columns: Readonly<Record<string, string>>
}

const CLASSES = ['public', 'internal', 'personal', 'secret']
const SHOWN = ['anyone', 'people', 'parties', 'self', 'staff', 'none']
/** What a foreign key to users must do on delete, so that the database agrees with the erasure's code. */
const ON_DELETE: Readonly<Record<string, readonly string[]>> = {
  delete: ['CASCADE', 'NO ACTION'],
  detach: ['SET NULL'],
  scrub: ['RESTRICT'],
  keep: ['RESTRICT'],
}

const text = readFileSync(join(import.meta.dirname, '../db/classification.json'), 'utf8')
const classification: Readonly<Record<string, Entry>> = JSON.parse(text)
const columns = Object.entries(classification).flatMap(([table, entry]) =>
  Object.entries(entry.columns).map(([column, words]) => ({ table, column, words })),
)

describe('the classification', () => {
  let database: TestDatabase
  before(async () => {
    database = await createTestDatabase()
  })
  after(() => database.close())

  test('names every column of every table and view, and none that is not there', async () => {
    const catalogue = [...(await catalogueOf(database.owner)).keys()]
    const live = catalogue.filter((name) => name.startsWith('column ')).map((name) => name.slice(7))
    const classified = columns.map(({ table, column }) => `${table}.${column}`)
    const ours = classified.filter((name) => !name.startsWith('schema_migrations.'))
    assert.deepEqual(ours.sort(), live.sort(), 'db/classification.json: a new column needs a class')
  })

  test('speaks of four classes and six readers', () => {
    const odd = columns.filter(({ words }) => {
      const [kind = '', shown = '', ...rest] = words.split(' ')
      return !CLASSES.includes(kind) || !SHOWN.includes(shown) || rest.length > 0
    })
    assert.deepEqual(odd, [])
  })

  test('shows a secret to nobody', async () => {
    const secrets = columns.filter(({ words }) => words.startsWith('secret'))
    assert.deepEqual(
      secrets.filter(({ words }) => words !== 'secret none'),
      [],
    )
    const { rows } = await database.owner.query<{ name: string }>(`
      SELECT DISTINCT format('%s.%s', d.refobjid::regclass, a.attname) AS name
      FROM pg_depend d JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
      JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
      WHERE d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0`)
    const selected = new Set(rows.map(({ name }) => name))
    assert.ok(selected.has('users.email'))
    assert.deepEqual(
      secrets.filter(({ table, column }) => selected.has(`${table}.${column}`)),
      [],
    )
  })

  test('shows through the view people what may be shown there, and nothing that is another’s to see', () => {
    const shownByPeople = Object.keys(classification.people?.columns ?? {})
    const sources = { ...classification.users?.columns, ...classification.user_profiles?.columns }
    const resolved = [
      'visible',
      'shows_presence',
      'takes_messages',
      'is_blocked_by_reader',
      'hides_from_reader',
    ]
    const computed = ['card', 'member_since', 'profile', ...resolved]
    const wrong = shownByPeople.filter(
      (column) => !computed.includes(column) && !sources[column]?.endsWith(' people'),
    )
    assert.deepEqual(wrong, [])
  })

  test('decides for each reference to a person what erasing them does, and the database agrees', async () => {
    const { rows } = await database.owner.query<{ table: string; column: string; on_delete: string }>(`
      SELECT k.conrelid::regclass::text AS "table", a.attname AS column,
        CASE k.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'r' THEN 'RESTRICT' ELSE 'NO ACTION' END AS on_delete
      FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
      WHERE k.contype = 'f' AND k.confrelid = 'users'::regclass AND k.conparentid = 0`)
    assert.ok(rows.length >= 51, 'the specification alone has 51')
    const undecided = rows.filter(({ table, column, on_delete }) => {
      const [decision = '', reason] = classification[table]?.erasure?.[column]?.split(': ') ?? []
      return !reason || !ON_DELETE[decision]?.includes(on_delete)
    })
    assert.deepEqual(undecided, [])
  })

  test('says of every table how long its rows are kept, and of every owner what erasure does', () => {
    for (const [table, { owner, retention, erasure, columns }] of Object.entries(classification)) {
      if (owner === undefined) continue
      assert.ok(retention, `${table} has a retention`)
      for (const column of [...owner, ...Object.keys(erasure ?? {})]) {
        assert.ok(columns[column], `${table}.${column} is a column`)
        assert.match(erasure?.[column] ?? '', /^(delete|scrub|keep|detach): ./, `${table}.${column}`)
      }
    }
  })

  test('has an owner wherever a table holds something personal', async () => {
    const { rows } = await database.owner.query<{ name: string }>(
      `SELECT c.oid::regclass::text AS name FROM pg_class c WHERE c.relkind = 'v' AND c.relnamespace IN ('public'::regnamespace, 'analytics'::regnamespace)`,
    )
    const views = new Set(rows.map(({ name }) => name))
    for (const [table, entry] of Object.entries(classification)) {
      assert.equal(
        entry.owner === undefined,
        views.has(table),
        `${table}: views have no owner, tables say theirs`,
      )
      const personal = Object.values(entry.columns).some((words) => words.startsWith('personal'))
      // The contact of an organisation is a person; the organisation is nobody's.
      if (personal && !views.has(table) && table !== 'partners') assert.ok(entry.owner?.length, table)
    }
  })

  test('has row security on every table with personal rows (R34)', async () => {
    const { rows } = await database.owner.query<{ name: string }>(
      'SELECT c.oid::regclass::text AS name FROM pg_class c WHERE c.relrowsecurity',
    )
    const secured = new Set(rows.map(({ name }) => name))
    const open = Object.entries(classification).filter(
      ([table, { owner }]) => owner?.length && !secured.has(table),
    )
    assert.deepEqual(
      open.map(([table]) => table),
      [],
    )
  })

  test('is told in docs/privacy.md, with a purpose for every table that holds something of somebody', () => {
    const record = readFileSync(join(import.meta.dirname, '../docs/privacy.md'), 'utf8')
    assert.equal(record, recordOfProcessing(), 'run npm run ops -- privacy record --yes')
  })

  test('is sorted, so that it reads and merges well', () => {
    const sorted = (keys: string[]) => assert.deepEqual(keys, [...keys].sort())
    sorted(Object.keys(classification))
    for (const { columns, erasure = {} } of Object.values(classification)) {
      sorted(Object.keys(columns))
      sorted(Object.keys(erasure))
    }
  })
})
