import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Secret } from 'otpauth'
import { newTotpSecret, qrSvg, totpCode, totpStep, totpUri } from './totp.ts'

const at = (seconds: number) => new Date(seconds * 1000)
const rfcSecret = Secret.fromLatin1('12345678901234567890').base32

test('codes agree with the vectors of RFC 6238, appendix B', () => {
  const vectors: [number, string][] = [
    [59, '94287082'],
    [1111111109, '07081804'],
    [1111111111, '14050471'],
    [1234567890, '89005924'],
    [2000000000, '69279037'],
    [20000000000, '65353130'],
  ]
  for (const [seconds, eight] of vectors) {
    const six = eight.slice(2)
    assert.equal(totpCode(rfcSecret, at(seconds)), six)
    assert.equal(totpStep(rfcSecret, six, at(seconds)), Math.floor(seconds / 30))
  }
})

test('a code holds for its own step and one either side, and names its own step whenever it is used', () => {
  const secret = newTotpSecret()
  const step = 55_000_000
  const code = totpCode(secret, at(step * 30))
  const steps = [-31, -30, -1, 0, 29, 30, 59, 60].map((late) => totpStep(secret, code, at(step * 30 + late)))
  assert.deepEqual(steps, [null, step, step, step, step, step, step, null])
})

test('what is no code, or another secret’s, belongs to no step', () => {
  const [secret, now] = [newTotpSecret(), at(1_700_000_000)]
  const code = totpCode(secret, now)
  for (const wrong of [
    '',
    code.slice(1),
    `${code}0`,
    ` ${code}`,
    `${code}\n`,
    '۱۲۳۴۵۶',
    'abcdef',
    '1e+005',
  ]) {
    assert.equal(totpStep(secret, wrong, now), null, wrong)
  }
  assert.equal(totpStep(rfcSecret, totpCode(secret, now), now), null)
})

test('secrets are 160 bits and differ', () => {
  const secrets = Array.from({ length: 50 }, newTotpSecret)
  assert.equal(new Set(secrets).size, 50)
  for (const secret of secrets) assert.match(secret, /^[A-Z2-7]{32}$/)
})

test('the address for an app names issuer and account, and draws as a QR code', async () => {
  const uri = totpUri(rfcSecret, 'Brand Coach Network', "o'brien+x@example.com")
  const { protocol, host, pathname, searchParams } = new URL(uri)
  assert.deepEqual([protocol, host], ['otpauth:', 'totp'])
  assert.equal(decodeURIComponent(pathname), "/Brand Coach Network:o'brien+x@example.com")
  assert.deepEqual(Object.fromEntries(searchParams), {
    issuer: 'Brand Coach Network',
    secret: rfcSecret,
    algorithm: 'SHA1',
    digits: '6',
    period: '30',
  })
  const svg = await qrSvg(uri)
  assert.match(svg, /^<svg /)
  assert.doesNotMatch(svg, /<script|href=/)
})
