import assert from 'node:assert/strict'
import { test } from 'node:test'
import { smsSegments } from './segments.ts'

test('an SMS is cut as networks cut it', () => {
  const cases: readonly (readonly [text: string, segments: number])[] = [
    ['', 1],
    ['a'.repeat(160), 1],
    ['a'.repeat(161), 2],
    ['a'.repeat(306), 2],
    ['a'.repeat(307), 3],
    ['€'.repeat(80), 1], // two places each
    ['€'.repeat(81), 2],
    [`${'a'.repeat(152)}€${'a'.repeat(152)}`, 3], // not cut in half: a place stays empty
    ['à la carte: é, ù, Ø', 1],
    ['ñ'.repeat(160), 1],
    [`œ${'a'.repeat(69)}`, 1], // UCS-2
    [`œ${'a'.repeat(70)}`, 2],
    ['’'.repeat(134), 2],
    ['’'.repeat(135), 3],
    ['😀'.repeat(35), 1],
    ['😀'.repeat(36), 2],
  ]
  for (const [text, segments] of cases)
    assert.equal(smsSegments(text), segments, `${text.length} ${text.slice(0, 3)}`)
})
