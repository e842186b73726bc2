import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { NOTICES } from '../src/app/notices.ts'
import { BROADCAST_FACTS } from '../src/domains/notifications/notices.ts'
import { codeAndStrings } from './architecture-source.ts'

const root = path.join(import.meta.dirname, '..')

/** Names that are not written where they are published. */
const COMPUTED: Readonly<Record<string, readonly string[]>> = {
  'src/domains/community/reactions.ts': ['community.comment_liked', 'community.post_liked'],
  'src/domains/notifications/broadcasts.ts': Object.values(BROADCAST_FACTS),
}

/** The names of the facts that a file publishes; null for one that is computed. */
function namesIn(text: string): (string | null)[] {
  return codeAndStrings(text)
    .split(/\bpublishFact\(/)
    .slice(1)
    .map((call) => /^\s*\w+\s*,\s*\{\s*name:\s*'([\w.]+)'\s*,/.exec(call)?.[1] ?? null)
}

test('the name of a fact is read out of the code', () => {
  const code = `await publishFact(tx, { name: 'a.b_c', actor })
    publishFact(db, {\n // said\n name: 'd.e',\n}); publishFact(tx, { name, actor }) // publishFact(tx, { name: 'no.fact', x })`
  assert.deepEqual(namesIn(code), ['a.b_c', 'd.e', null])
})

test('every fact that is published has a notice, and every notice’s fact is published', () => {
  const published = globSync('src/{app,domains,ops,platform}/**/*.ts', { cwd: root })
    .filter((file) => !file.endsWith('.test.ts') && file !== 'src/platform/facts/publish.ts')
    .flatMap((file) => {
      const names = namesIn(readFileSync(path.join(root, file), 'utf8'))
      const computed = COMPUTED[file] ?? []
      assert.equal(
        names.includes(null),
        computed.length > 0,
        `${file}: is a name computed that COMPUTED does not list, or the other way round?`,
      )
      return [...names.filter((name) => name !== null), ...computed]
    })
  assert.deepEqual([...new Set(published)].sort(), NOTICES.all.map(({ fact }) => fact).sort())
})
