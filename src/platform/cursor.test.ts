import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { AppError } from './errors.ts'

const key = ['2026-03-01T09:30:00.123456+00:00', '0198f0a0-0000-7000-8000-000000000001']
const place = { sort: 'published_at', key, filter: { category: 'brand', language: undefined } }

const refused = (error: unknown) =>
  error instanceof AppError && error.status === 400 && error.code === 'cursor.invalid'

test('a cursor gives back its key under the same sort and filter, whatever their order', () => {
  const cursor = encodeCursor({ ...place, filter: { b: 2, a: '1' } })
  assert.match(cursor, /^[\w-]+$/)
  assert.deepEqual(decodeCursor(cursor, { sort: 'published_at', filter: { a: '1', b: 2 } }), key)
  assert.deepEqual(
    decodeCursor(encodeCursor(place), { sort: 'published_at', filter: { category: 'brand' } }),
    key,
  )
})

test('a cursor of another sort, filter or number of parts is refused', () => {
  const cursor = encodeCursor(place)
  const { sort, filter } = place
  for (const other of [
    { sort: 'title', filter },
    { sort, filter: { category: 'other' } },
    { sort, filter: {} },
    { sort, filter, length: 3 },
  ]) {
    assert.throws(() => decodeCursor(cursor, other), refused)
  }
})

test('what is no cursor is refused, never a crash', () => {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const good = JSON.parse(Buffer.from(encodeCursor(place), 'base64url').toString())
  for (const text of [
    '',
    'x',
    '%%%',
    'bnVsbA',
    encode(null),
    encode({}),
    encode([2, ...good.slice(1)]),
    encode([1, good[1], 'k', good[3]]),
    encode([1, good[1], [1], good[3]]),
    encode([1, good[1], ['a\0'], good[3]]),
    encode([1, good[1], ['\ud800'], good[3]]),
    'x'.repeat(5000),
    '\ud800',
  ]) {
    assert.throws(
      () => decodeCursor(text, { sort: place.sort, filter: place.filter }),
      refused,
      text.slice(0, 40),
    )
  }
})
