import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deriveKey, equalText, isSignedText, signText } from './signing.ts'

test('a signature holds for its own text, key and purpose only', () => {
  const key = deriveKey('a secret of the house', 'one')
  const signature = signText(key, 'text')
  assert.ok(isSignedText(key, 'text', signature))
  assert.ok(!isSignedText(key, 'text ', signature))
  assert.ok(!isSignedText(key, 'text', `${signature}A`))
  assert.ok(!isSignedText(deriveKey('a secret of the house', 'two'), 'text', signature))
  assert.ok(!isSignedText(deriveKey('another secret', 'one'), 'text', signature))
})

test('HMAC-SHA-256 agrees with test case 2 of RFC 4231', () => {
  const expected = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'
  const signature = signText(Buffer.from('Jefe'), 'what do ya want for nothing?')
  assert.equal(Buffer.from(signature, 'base64url').toString('hex'), expected)
})

test('equal texts are equal, whatever their letters', () => {
  assert.ok(equalText('über', 'über'))
  assert.ok(!equalText('über', 'uber'))
  assert.ok(!equalText('', 'a'))
})
