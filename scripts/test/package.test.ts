import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
  scripts: Record<string, string>
}

/** A shell remembers where it found the first one: on a fresh clone the machine's, not the one that was just installed. */
test('no script of package.json runs node again after the packages are installed', () => {
  for (const [name, line] of Object.entries(scripts)) {
    const [, ...later] = line.split('node scripts/install.mjs')
    assert.doesNotMatch(later.join(' '), /\bnode\b/, name)
  }
})
