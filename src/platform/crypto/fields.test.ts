import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { readConfig } from '../config.ts'
import { createFieldCipher, UnopenableField } from './fields.ts'
import { keyRingOf } from './key-ring.ts'

const key = (id: number) => ({ id, key: randomBytes(32) })
const [old, current] = [key(1), key(2)]
const indexKey = randomBytes(32)
const cipher = createFieldCipher({ keys: [current, old], indexKey })
const context = 'users.phone_number:018f'
const texts = ['', '+254700000001', 'é 👩🏾‍🏫', 'x'.repeat(160), ...Array.from({ length: 100 }, chanceText)]

function chanceText(): string {
  return randomBytes(Math.floor(Math.random() * 200)).toString('latin1')
}

test('what was sealed opens again, as bytes and as text, and never looks the same twice', () => {
  for (const text of texts) {
    const sealed = cipher.seal(context, text)
    assert.equal(cipher.open(context, sealed), text)
    assert.equal(sealed.length, 30 + Buffer.byteLength(text))
    assert.equal(cipher.openText(context, cipher.sealText(context, text)), text)
    assert.notDeepEqual(cipher.seal(context, text), sealed)
  }
  assert.ok(cipher.sealText(context, 'x'.repeat(160)).length <= 255)
})

test('no byte of it can be changed, cut off or added', () => {
  for (const text of texts.slice(0, 12)) {
    const sealed = cipher.seal(context, text)
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed)
      changed[at]! ^= 1 << Math.floor(Math.random() * 8)
      assert.throws(() => cipher.open(context, changed), UnopenableField)
      assert.throws(() => cipher.open(context, sealed.subarray(0, at)), UnopenableField)
    }
    assert.throws(() => cipher.open(context, Buffer.concat([sealed, Buffer.of(0)])), UnopenableField)
  }
})

test('it does not open in another row or column', () => {
  const sealed = cipher.seal('users.phone_number:1', '+254700000001')
  for (const other of ['users.phone_number:2', 'users.phone_number:', 'users.totp_secret:1', '']) {
    assert.throws(() => cipher.open(other, sealed), UnopenableField)
  }
})

test('after a rotation the old key still opens, the new one seals, and a key that is gone opens nothing', () => {
  const before = createFieldCipher({ keys: [old], indexKey })
  const sealed = before.seal(context, 'a secret')
  assert.equal(cipher.open(context, sealed), 'a secret')
  assert.deepEqual(
    [before.isOutdated(sealed), cipher.isOutdated(sealed), cipher.isOutdated(cipher.seal(context, ''))],
    [false, true, false],
  )
  assert.throws(() => before.open(context, cipher.seal(context, 'a secret')), UnopenableField)
})

test('a value sealed under one key does not open under another one of the same number', () => {
  const sealed = cipher.seal(context, 'a secret')
  const other = createFieldCipher({ keys: [key(current.id), old], indexKey })
  assert.throws(() => other.open(context, sealed), UnopenableField)
})

test('the index is equal for equal texts of one kind under one key, and for nothing else', () => {
  const phone = cipher.index('phone', '+254700000001')
  assert.equal(phone.length, 32)
  assert.deepEqual(createFieldCipher({ keys: [old], indexKey }).index('phone', '+254700000001'), phone)
  assert.notDeepEqual(cipher.index('phone', '+254700000002'), phone)
  assert.notDeepEqual(cipher.index('email', '+254700000001'), phone)
  const otherKey = createFieldCipher({ keys: [old], indexKey: randomBytes(32) })
  assert.notDeepEqual(otherKey.index('phone', '+254700000001'), phone)
})

test('without FIELD_KEYS the secret key seals, and what it sealed opens when they are set later', () => {
  const secretKey = 'a secret of the house, long enough'
  const FIELD_KEYS = `5:${randomBytes(32).toString('base64')}`
  const [derived, set] = [{}, { FIELD_KEYS }].map((env) =>
    createFieldCipher(keyRingOf({ ...readConfig(env), secretKey })),
  ) as [typeof cipher, typeof cipher]
  const sealed = derived.seal(context, 'a secret')
  assert.equal(set.open(context, sealed), 'a secret')
  assert.ok(set.isOutdated(sealed))
  assert.throws(() => derived.open(context, set.seal(context, 'a secret')), UnopenableField)
})
