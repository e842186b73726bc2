import assert from 'node:assert/strict'
import { test } from 'node:test'
import { minorOf } from '../../web/src/lib/people/rates.ts'

test('amounts are read as people type them', () => {
  const read = {
    '2500': 250_000,
    '2 500,50': 250_050,
    '2,500': 250_000,
    '1.000,5': 100_050,
    '1,000.50': 100_050,
    '12,50': 1250,
  }
  for (const [typed, minor] of Object.entries(read)) assert.equal(minorOf(typed, 'KES'), minor, typed)
  assert.equal(minorOf('380 000', 'UGX'), 380_000)
})

test('what is no amount is not guessed at', () => {
  for (const typed of ['', '0x10', '1e3', '-5', '1.2.3', 'KES 5', '12,5055'])
    assert.ok(Number.isNaN(minorOf(typed, 'KES')), typed)
})
