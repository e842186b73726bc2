import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { COMMON_CODES } from '../src/platform/http/error-handler.ts'
import { codeAndStrings } from './architecture-source.ts'

const src = join(import.meta.dirname, '..', 'src')
const domains = globSync('domains/*/routes.ts', { cwd: src }).map((file) => basename(dirname(file)))

const THROWN =
  /\b(?:forbidden|conflict|badRequest|tooMany|unavailable)\(\s*'([^']+)'|\bnew AppError\(\s*\d+,\s*'([^']+)'/g
const MISSING = /\bnotFound\(\s*'(\w+)'/g
const WITHOUT_CODE =
  /\b(?:forbidden|conflict|badRequest|tooMany|unavailable|notFound)\((?!\s*')|\bnew AppError\((?!\s*\d+,\s*')/g
const LISTED = /\berrors: \[([^\]]*)\]/g

describe('the codes of errors', () => {
  /** An operation passes on what those say that it calls in other domains. */
  const thrown = codesIn(sourceOf('{platform,domains}/**'))

  test('that every request may meet are listed for all routes', () => {
    const common: readonly string[] = COMMON_CODES
    assert.deepEqual(
      [...codesIn(sourceOf('platform/http/**'))].filter((code) => !common.includes(code)),
      [],
    )
  })

  for (const domain of domains) {
    const source = sourceOf(`domains/${domain}/**`)
    const listed = [...source.matchAll(LISTED)].flatMap(([, list = '']) =>
      [...list.matchAll(/'([^']+)'/g)].map(([, code]) => code!),
    )

    test(`that ${domain} throws are listed at one of its routes`, () => {
      assert.deepEqual([...codesIn(source)].filter((code) => !listed.includes(code)).sort(), [])
    })

    test(`that the routes of ${domain} list are thrown somewhere`, () => {
      assert.deepEqual(
        listed.filter((code) => !thrown.has(code)),
        [],
      )
    })

    test(`of ${domain} stand in full where they are thrown, to be found by a search`, () => {
      assert.deepEqual([...source.matchAll(WITHOUT_CODE)].map(String), [])
    })
  }
})

function sourceOf(pattern: string): string {
  const files = globSync(`${pattern}/*.ts`, { cwd: src }).filter((file) => !file.endsWith('.test.ts'))
  return files.map((file) => codeAndStrings(readFileSync(join(src, file), 'utf8'))).join('\n')
}

function codesIn(source: string): Set<string> {
  return new Set([
    ...[...source.matchAll(THROWN)].map(([, built, made]) => built ?? made!),
    ...[...source.matchAll(MISSING)].map(([, kind]) => `${kind}.not_found`),
  ])
}
