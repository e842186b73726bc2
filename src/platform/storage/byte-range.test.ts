import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseRange } from './byte-range.ts'

test('a range is cut to the size, counted from the end, or refused', () => {
  assert.deepEqual(parseRange('bytes=0-4', 10), { first: 0, last: 4 })
  assert.deepEqual(parseRange('bytes=5-', 10), { first: 5, last: 9 })
  assert.deepEqual(parseRange('bytes=5-99', 10), { first: 5, last: 9 })
  assert.deepEqual(parseRange('bytes=-3', 10), { first: 7, last: 9 })
  assert.deepEqual(parseRange('bytes=-30', 10), { first: 0, last: 9 })
  assert.equal(parseRange('bytes=10-', 10), 'unsatisfiable')
  assert.equal(parseRange('bytes=-0', 10), 'unsatisfiable')
})

test('what is no single range asks for the whole', () => {
  for (const header of [undefined, '', 'bytes=-', 'bytes=4-2', 'bytes=0-1,3-4', 'lines=0-1', 'bytes=a-b'])
    assert.equal(parseRange(header, 10), null, header)
})
