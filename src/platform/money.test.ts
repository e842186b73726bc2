import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  decimalFromMinor,
  exponentOf,
  isCurrency,
  minorFromDecimal,
  moneyFromDecimal,
  portionOf,
} from './money.ts'

test('a currency has the digits that ISO 4217 gives it', () => {
  assert.deepEqual(['KES', 'UGX', 'XOF', 'KWD', 'TND', 'USD'].map(exponentOf), [2, 0, 0, 3, 3, 2])
})

test('a currency is one that is money somewhere today', () => {
  for (const code of ['KES', 'UGX', 'XOF', 'ZWG', 'SLE', 'USD']) assert.ok(isCurrency(code), code)
  for (const code of ['', 'kes', 'XXX', 'XTS', 'XAU', 'DEM', 'ZWL', 'KE']) assert.ok(!isCurrency(code), code)
})

test('a DECIMAL becomes minor units without passing through floating point', () => {
  assert.equal(minorFromDecimal('0.29', 'USD'), 29)
  assert.equal(minorFromDecimal('99999999.99', 'KES'), 9_999_999_999)
  assert.equal(minorFromDecimal('-12.3', 'KES'), -1230)
  assert.equal(minorFromDecimal('1500.00', 'UGX'), 1500)
  assert.equal(minorFromDecimal('1.50', 'KWD'), 1500)
  assert.deepEqual(moneyFromDecimal('123.45', 'KES'), { amount_minor: 12345, currency: 'KES' })
})

test('digits that a currency does not have are rounded half-even', () => {
  assert.deepEqual(
    ['0.5', '1.5', '2.5', '2.51', '-2.5', '-3.5'].map((decimal) => minorFromDecimal(decimal, 'RWF')),
    [0, 2, 2, 3, -2, -4],
  )
})

test('minor units become the text of a DECIMAL', () => {
  assert.equal(decimalFromMinor(5, 'KES'), '0.05')
  assert.equal(decimalFromMinor(-12345, 'KES'), '-123.45')
  assert.equal(decimalFromMinor(1500, 'UGX'), '1500')
  assert.equal(decimalFromMinor(1500, 'UGX', 2), '1500.00')
  assert.equal(decimalFromMinor(1505, 'KWD', 2), '1.50')
  assert.equal(decimalFromMinor(1515, 'KWD', 2), '1.52')
})

test('a portion is rounded half-even and never invents money', () => {
  assert.equal(portionOf(1001, 80, 100), 801)
  assert.equal(portionOf(5, 1, 2), 2)
  assert.equal(portionOf(15, 1, 2), 8)
})

test('what is not an exact amount is refused', () => {
  for (const decimal of ['', 'NaN', '1e3', '1,5', ' 1']) {
    assert.throws(() => minorFromDecimal(decimal, 'KES'), RangeError)
  }
  assert.throws(() => minorFromDecimal('99999999999999999', 'KES'), RangeError)
  assert.throws(() => decimalFromMinor(1.5, 'KES'), RangeError)
})
