import assert from 'node:assert/strict'
import { test } from 'node:test'
import { showProgress } from './progress.ts'

function screen(isTTY: boolean) {
  const written: string[] = []
  return { written, output: { isTTY, columns: 80, write: (text: string) => written.push(text) > 0 } }
}

test('a terminal sees one line drawn over itself, with the share done and the time left', () => {
  const { written, output } = screen(true)
  let now = 0
  const progress = showProgress({ work: 1000, unit: 'rows', output, now: () => now })
  progress.phase('writing')
  now = 10_000
  progress.advance(250, 500)
  progress.end()
  assert.equal(written[1], '\r\x1b[K[######                  ] 25 % writing: 500 rows (50/s), 0:30 left')
  assert.equal(written.at(-1), '\r\x1b[K')
  assert.ok(written.every((text) => !text.includes('\n')))
})

test('elsewhere there is a plain line with each phase and every five seconds', () => {
  const { written, output } = screen(false)
  let now = 0
  const progress = showProgress({ work: 100, unit: 'rows', output, now: () => now })
  progress.phase('writing')
  for (now = 1000; now <= 10_000; now += 1000) progress.advance(5, 1)
  progress.phase('indexing')
  progress.end()
  assert.deepEqual(written, [
    '0 % writing: 0 rows\n',
    '25 % writing: 5 rows (1/s), 0:15 left\n',
    '50 % writing: 10 rows (1/s), 0:10 left\n',
    '50 % indexing: 10 rows (1/s), 0:11 left\n',
  ])
})
