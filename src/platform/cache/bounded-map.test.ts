import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BoundedMap } from './bounded-map.ts'

const roomy = { maxEntries: 1000, maxBytes: 1_000_000 }

test('the least recently used entry goes first', () => {
  const map = new BoundedMap<number>({ ...roomy, maxEntries: 3 })
  for (const [key, value] of [
    ['a', 1],
    ['b', 2],
    ['c', 3],
  ] as const)
    map.set(key, value, 1, 100)
  map.get('a', 0)
  map.set('d', 4, 1, 100)
  assert.deepEqual(
    ['a', 'b', 'c', 'd'].map((key) => map.get(key, 0)),
    [1, undefined, 3, 4],
  )
})

test('bytes are bounded, and one value larger than the whole is not kept', () => {
  const map = new BoundedMap<string>({ ...roomy, maxBytes: 10_000 })
  for (let index = 0; index < 100; index++) map.set(`key${index}`, 'x', 1000, 100)
  assert.ok(map.bytes <= 10_000 && map.size > 2)
  map.set('large', 'x', 5000, 100)
  assert.equal(map.get('large', 0), undefined)
})

test('an expired entry is not answered, and the sweep frees those that nobody asks for', () => {
  const map = new BoundedMap<string>(roomy)
  for (let index = 0; index < 600; index++) map.set(`key${index}`, 'x', 1, index < 550 ? 10 : 100)
  assert.equal(map.get('key0', 20), undefined)
  for (let sweep = 0; sweep < 3; sweep++) map.sweep(20)
  assert.equal(map.size, 50)
  map.clear()
  assert.deepEqual([map.size, map.bytes], [0, 0])
})

test('it goes on evicting in the order of use after it was emptied', () => {
  const map = new BoundedMap<number>({ ...roomy, maxEntries: 2 })
  for (let index = 0; index < 50; index++) map.set(`key${index}`, index, 1, 100)
  for (let index = 48; index < 50; index++) map.delete(`key${index}`)
  for (let index = 50; index < 60; index++) map.set(`key${index}`, index, 1, 100)
  assert.deepEqual([map.get('key57', 0), map.get('key58', 0), map.get('key59', 0)], [undefined, 58, 59])
})

test('a deleted entry gives its bytes back at once and its slot with the sweep', () => {
  const map = new BoundedMap<string>(roomy)
  map.set('a', 'x', 10_000, 100)
  map.delete('a')
  assert.ok(map.bytes < 200)
  map.sweep(0)
  assert.deepEqual([map.size, map.bytes], [0, 0])
})

test('one key that is read, written and deleted all the time stays as cheap as any among many', () => {
  const map = new BoundedMap<number>({ maxEntries: 100_000, maxBytes: 100_000_000 })
  for (let index = 0; index < 20_000; index++) map.set(`key${index}`, index, 1, 100)
  const began = performance.now()
  for (let index = 0; index < 50_000; index++) {
    map.get('key7', 0)
    map.delete('key8')
    map.set('key8', index, 1, 100)
  }
  const micros = ((performance.now() - began) * 1000) / 50_000
  assert.ok(micros < 10, `${micros.toFixed(2)} µs a round`)
})
