import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { findRing, describe as tell, violations } from './architecture-check.ts'
import { accepted, refused } from './architecture-fixtures.ts'
import { domainMap, exceptions, readers } from './architecture-rules.ts'
import { tableOwners, tablesOfDomains } from './table-owners.ts'

const root = join(import.meta.dirname, '..')

describe('the house', () => {
  const found = violations(houseFiles())
  const isExcepted = (exception: (typeof exceptions)[number]) =>
    found.some(({ file, rule }) => file === exception.file && rule === exception.rule)

  test('keeps its own rules', () => {
    const open = found.filter(
      (one) => !exceptions.some(({ file, rule }) => file === one.file && rule === one.rule),
    )
    assert.deepEqual(open.map(tell), [])
  })

  test('has no exception that is no longer needed', () => {
    assert.deepEqual(
      exceptions.filter((exception) => !isExcepted(exception)),
      [],
    )
  })

  test('has a map of domains without a ring', () => {
    assert.equal(findRing(new Map(Object.entries(domainMap))), undefined)
  })

  test('has one owner for every table', () => {
    assert.deepEqual([...tableOwners.keys()].sort(), tablesOfDomains().sort())
  })

  test('lets no domain import one that only reads', () => {
    assert.deepEqual(
      Object.values(domainMap)
        .flat()
        .filter((name) => readers.includes(name)),
      [],
    )
  })

  test('gives every arrow of the map to what lies below it too', () => {
    for (const [name, below] of Object.entries(domainMap)) {
      const missing = below.flatMap((one) => domainMap[one]!).filter((one) => !below.includes(one))
      assert.deepEqual(missing, [], name)
    }
  })
})

describe('the checker refuses', () => {
  for (const [what, file, text, says] of refused) {
    test(what, () =>
      assert.match(
        violations(new Map([[file, text]]))
          .map(tell)
          .join('\n'),
        says,
      ),
    )
  }

  test('two folders that import each other', () => {
    const ring = new Map([
      ['src/platform/db/index.ts', "import { a } from '../cache/index.ts'"],
      ['src/platform/cache/index.ts', "\nimport { b } from '../db/index.ts'"],
    ])
    assert.match(
      violations(ring).map(tell).join('\n'),
      /index\.ts:\d ring: src\/platform\/.* → .* → src\/platform/,
    )
  })
})

describe('the checker accepts', () => {
  for (const [what, file, text] of accepted) {
    test(what, () => assert.deepEqual(violations(new Map([[file, text]])).map(tell), []))
  }
})

function houseFiles(): Map<string, string> {
  const files = globSync('{src,test,bench,scripts,web,infra}/**/*.ts', { cwd: root, exclude: isGenerated })
  return new Map(files.map((file) => [file.replaceAll('\\', '/'), readFileSync(join(root, file), 'utf8')]))
}

function isGenerated(path: string): boolean {
  return /(^|[/\\])(node_modules|\.svelte-kit|build|cdk\.out)([/\\]|$)/.test(path)
}
