import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { createEmptyDatabase, createTestDatabase } from '../src/testing/database.ts'
import { servers, type TestServer } from '../src/testing/servers.ts'
import { type Catalogue, catalogueOf } from './catalogue.ts'
import { readConformancePage } from './specification/page.ts'
import { RULES } from './specification/rules.ts'
import { buildSpecified, readSpecification } from './specification/specification.ts'

const specification = readSpecification()
const page = readConformancePage()

test('the specification is whole: 44 tables and everything in them', () => {
  const tables = Object.values(specification)
  const total = (size: (table: (typeof tables)[number]) => number) =>
    tables.reduce((sum, table) => sum + size(table), 0)
  assert.deepEqual(
    {
      tables: tables.length,
      columns: total((table) => Object.keys(table.columns).length),
      checks: total((table) => Object.keys(table.checks).length),
      foreignKeys: total((table) => Object.keys(table.foreign_keys).length),
      uniques: total((table) => table.uniques.length),
      indexes: total((table) => table.indexes.length),
    },
    { tables: 44, columns: 677, checks: 58, foreignKeys: 86, uniques: 31, indexes: 134 },
  )
})

for (const server of await servers()) {
  describe(`the schema on PostgreSQL ${server.version}`, () => {
    let specified: Catalogue
    let ours: Catalogue
    let used: Set<string>
    let differences: Map<string, string>
    let added: string[]

    before(async () => {
      ;[specified, ours] = await Promise.all([specifiedOn(server), oursOn(server)])
      ;({ used, differences, added } = compare(specified, ours))
    })

    test('has every specified object, or the page says what stands instead', () => {
      const missingIndexes = [...differences].filter(([name, text]) => name.startsWith('index ') && !text)
      const others = [...differences].filter(([name, text]) => !name.startsWith('index ') || text)
      assert.deepEqual(
        sorted(others),
        sorted(page.differences),
        'docs/schema-conformance.md: Objects that differ',
      )
      assert.deepEqual(
        missingIndexes.map(([name]) => name.replace('index ', '')).sort(),
        [...page.leftOut.keys()].sort(),
        'docs/schema-conformance.md: Indexes left out',
      )
    })

    test('has nothing more than the page says', () => {
      assert.deepEqual(added.sort(), [...page.added].sort(), 'docs/schema-conformance.md: What is added')
    })

    test('uses each rule of the page, and the page names each rule', () => {
      assert.deepEqual([...page.rules].sort(), Object.keys(RULES).sort())
      assert.deepEqual([...used].sort(), Object.keys(RULES).sort())
    })

    test('serves each index that was left out by one that begins with its columns', () => {
      for (const [index, server] of page.leftOut) {
        const wanted = keyOf(specified.get(`index ${index}`) ?? '')
        const [, serving] =
          [...ours].find(([name]) => name.endsWith(`.${server}`) || name === `index ${server}`) ?? []
        assert.ok(serving && !serving.includes('WHERE'), `${server} serves no row`)
        assert.equal(keyOf(serving).slice(0, wanted.length).join(), wanted.join(), `${server} for ${index}`)
      }
    })
  })
}

async function specifiedOn(server: TestServer): Promise<Catalogue> {
  const database = await createEmptyDatabase(server)
  try {
    const refused = await buildSpecified(database.owner, specification)
    return new Map([...(await catalogueOf(database.owner)), ...refused])
  } finally {
    await database.close()
  }
}

async function oursOn(server: TestServer): Promise<Catalogue> {
  const database = await createTestDatabase(server)
  try {
    return await catalogueOf(database.owner)
  } finally {
    await database.close()
  }
}

function compare(specified: Catalogue, ours: Catalogue) {
  const used = new Set<string>()
  const excused = (name: string) => {
    const rule = Object.entries(RULES).find(([, holds]) =>
      holds(name, specified.get(name), ours.get(name), ours),
    )
    if (rule) used.add(rule[0])
    return rule !== undefined
  }
  const differs = [...specified.keys()].filter(
    (name) => specified.get(name) !== ours.get(name) && !excused(name),
  )
  const differences = new Map(differs.map((name) => [name, ours.get(name) ?? '']))
  const added = [...ours.keys()].filter(
    (name) => !specified.has(name) && !belongsToAddedTable(name, specified, ours) && !excused(name),
  )
  return { used, differences, added }
}

/** An added table or view brings its own columns, constraints and indexes. */
function belongsToAddedTable(name: string, specified: Catalogue, ours: Catalogue): boolean {
  const [kind, object = ''] = name.split(' ', 2)
  if (kind === 'table' || kind === 'view') return false
  const table =
    kind === 'index' ? / ON (\S+)/.exec(ours.get(name) ?? '')?.[1] : object.replace(/\.[^.]*$/, '')
  return !specified.has(`table ${table}`)
}

function keyOf(definition: string): string[] {
  return (/\((.*?)\)/.exec(definition)?.[1] ?? '').split(', ')
}

function sorted(entries: Iterable<readonly [string, string]>): (readonly [string, string])[] {
  return [...entries].sort(([one], [other]) => (one < other ? -1 : 1))
}
