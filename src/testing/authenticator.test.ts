import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import { createAuthenticator } from './authenticator.ts'
import { encodeCbor } from './cbor.ts'

const origin = 'https://learn.example.org'
const rpID = 'example.org'

const registration = (excluded: string[] = []) =>
  generateRegistrationOptions({
    rpID,
    rpName: 'Example',
    userName: 'amina',
    excludeCredentials: excluded.map((id) => ({ id })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })
const request = () => generateAuthenticationOptions({ rpID, userVerification: 'required' })

test('CBOR is written as RFC 8949, appendix A, has it', () => {
  const examples: [Parameters<typeof encodeCbor>[0], string][] = [
    [0, '00'],
    [23, '17'],
    [24, '1818'],
    [100, '1864'],
    [1000, '1903e8'],
    [-1, '20'],
    [-100, '3863'],
    [-1000, '3903e7'],
    [Buffer.of(1, 2, 3, 4), '4401020304'],
    ['IETF', '6449455446'],
    ['\u00fc', '62c3bc'],
    [
      new Map([
        [1, 2],
        [3, 4],
      ]),
      'a201020304',
    ],
  ]
  for (const [value, hex] of examples) assert.equal(encodeCbor(value).toString('hex'), hex)
})

test('what it makes and signs holds before an independent verifier, and what it is made to lie does not', async () => {
  const phone = createAuthenticator({ origin })
  const asked = await registration()
  const expected = { expectedOrigin: origin, expectedRPID: rpID }
  const made = await verifyRegistrationResponse({
    ...expected,
    response: phone.create(asked),
    expectedChallenge: asked.challenge,
  })
  assert.ok(made.verified)
  const { credential, credentialBackedUp, userVerified } = made.registrationInfo
  assert.deepEqual([credential.counter, credentialBackedUp, userVerified], [1, false, true])

  const { challenge, ...rest } = await request()
  const verify = async (lies: Parameters<typeof phone.get>[1]) =>
    verifyAuthenticationResponse({
      ...expected,
      response: phone.get({ ...rest, challenge }, lies),
      expectedChallenge: challenge,
      credential,
    })
  const { verified, authenticationInfo } = await verify({})
  assert.deepEqual([verified, authenticationInfo.newCounter], [true, 2])
  for (const lies of [
    { origin: 'https://evil.example' },
    { rpId: 'evil.example' },
    { challenge: 'bm90IHRoaXMgb25l' },
    { type: 'webauthn.create' },
    { userVerified: false },
    { userPresent: false },
  ]) {
    await assert.rejects(verify(lies), JSON.stringify(lies))
  }
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  assert.equal((await verify({ signedBy: privateKey })).verified, false)
})

test('it refuses what a real one refuses', async () => {
  const phone = createAuthenticator({ origin })
  const elsewhere = createAuthenticator({ origin: 'https://example.org.evil.example' })
  const deaf = createAuthenticator({ origin, verifiesUser: false })
  const asked = await registration()
  assert.throws(() => elsewhere.create(asked), /SecurityError/)
  assert.throws(() => deaf.create(asked), /NotAllowedError/)
  assert.throws(() => phone.create({ ...asked, pubKeyCredParams: [] }), /NotSupportedError/)
  const { id } = phone.create(asked)
  const again = await registration([id])
  assert.throws(() => phone.create(again), /InvalidStateError/)
  const wanted = await request()
  assert.throws(
    () => phone.get({ ...wanted, allowCredentials: [{ id: 'AAAA', type: 'public-key' }] }),
    /NotAllowedError/,
  )
  assert.throws(() => createAuthenticator({ origin }).get(wanted), /NotAllowedError/)
})
