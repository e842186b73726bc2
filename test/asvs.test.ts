import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'

const root = join(import.meta.dirname, '..')
const page = readFileSync(join(root, 'docs/security/asvs.md'), 'utf8')

/** Sections of the standard, and how many requirements of levels 1 and 2 each begins with; those of level 3 follow. */
const SECTIONS: Readonly<Record<string, number>> = {
  '1.1': 2,
  '1.2': 9,
  '1.3': 11,
  '1.4': 3,
  '1.5': 2,
  '2.1': 3,
  '2.2': 3,
  '2.3': 4,
  '2.4': 1,
  '3.2': 2,
  '3.3': 4,
  '3.4': 6,
  '3.5': 5,
  '3.7': 2,
  '4.1': 3,
  '4.2': 1,
  '4.3': 2,
  '4.4': 4,
  '6.1': 3,
  '6.2': 12,
  '6.3': 4,
  '6.4': 4,
  '6.5': 5,
  '6.6': 3,
  '6.8': 4,
  '7.1': 3,
  '7.2': 4,
  '7.3': 2,
  '7.4': 5,
  '7.5': 2,
  '7.6': 2,
  '8.1': 2,
  '8.2': 3,
  '8.3': 1,
  '8.4': 1,
  '9.1': 3,
  '9.2': 4,
  '10.1': 2,
  '10.2': 2,
  '10.3': 4,
  '10.4': 11,
  '10.5': 5,
  '10.6': 2,
  '10.7': 3,
  '11.1': 2,
  '11.2': 3,
  '11.3': 3,
  '11.4': 4,
  '11.5': 1,
  '11.6': 1,
  '14.1': 2,
  '14.2': 4,
  '14.3': 3,
  '16.1': 1,
  '16.2': 5,
  '16.3': 4,
  '16.4': 3,
  '16.5': 3,
}

describe('the page on ASVS 5', () => {
  const tables = page.slice(0, page.indexOf('## What is missing'))
  const rows = [...tables.matchAll(/^\| (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]+) \| (.+) \|$/gm)].map((row) =>
    row.slice(1),
  )

  test('has a line for every requirement of levels 1 and 2, once, in their order', () => {
    const expected = Object.entries(SECTIONS).flatMap(([section, length]) =>
      Array.from({ length }, (_, i) => `${section}.${i + 1}`),
    )
    assert.deepEqual(
      rows.map(([number]) => number),
      expected,
    )
  })

  test('says of each that it is met, partly met, or does not apply, and how', () => {
    for (const [number, , state, how] of rows) {
      assert.match(state!, /^(met|partly|does not apply)$/, number)
      assert.ok(how!.length > 3, number)
    }
  })

  test('tells of everything that is partly met what is missing', () => {
    const missing = page.slice(page.indexOf('## What is missing'))
    const told = [...missing.matchAll(/^\| (\d+\.\d+\.\d+) \|/gm)].map(([, number]) => number)
    assert.deepEqual(
      told,
      rows.filter(([, , state]) => state === 'partly').map(([number]) => number),
    )
  })

  test('names tests that are there', () => {
    const named = [...page.matchAll(/`([\w./-]+\.test\.ts) › ([^`]+)`/g)]
    assert.ok(named.length > 100)
    const gone = named.filter(([, file, name]) => !titlesOf(file!).has(name!))
    assert.deepEqual(gone.map(String), [])
  })
})

const known = new Map<string, Set<string>>()

/** What the tests of a file are called, as it stands in the source. */
function titlesOf(file: string): Set<string> {
  const found = known.get(file) ?? new Set<string>()
  if (known.has(file)) return found
  const place = join(root, file)
  const source = existsSync(place) ? readFileSync(place, 'utf8') : ''
  for (const [, quote, title] of source.matchAll(/\b(?:test|describe)\(\s*(['"`])(.*?)\1,/g)) {
    found.add(quote === "'" ? title!.replaceAll("\\'", "'") : title!)
  }
  known.set(file, found)
  return found
}
