import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import * as client from 'openid-client'
import { startOidcProvider, type TestProvider } from './oidc-provider.ts'

const redirectUri = 'http://localhost:3000/callback'
const amina = { sub: 'amina-1', email: 'amina@example.com', email_verified: true, name: 'Amina' }

describe('the OpenID provider of the test house', () => {
  let provider: TestProvider
  before(async () => {
    provider = await startOidcProvider({ redirectUris: [redirectUri], claimsInIdToken: false })
  })
  after(() => provider.stop())

  async function begin() {
    const config = await client.discovery(
      new URL(provider.issuer),
      provider.clientId,
      provider.clientSecret,
      undefined,
      { execute: [client.allowInsecureRequests] },
    )
    const pkceCodeVerifier = client.randomPKCECodeVerifier()
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: 'openid email profile',
      code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      state: 'a state',
      nonce: 'a nonce',
    })
    return {
      config,
      url: url.href,
      checks: { pkceCodeVerifier, expectedState: 'a state', expectedNonce: 'a nonce' },
    }
  }

  test('tells a client who someone is', async () => {
    const { config, url, checks } = await begin()
    const back = await provider.approve(url, amina)
    const tokens = await client.authorizationCodeGrant(config, back, checks)
    assert.equal(tokens.claims()?.sub, amina.sub)
    const info = await client.fetchUserInfo(config, tokens.access_token, amina.sub)
    assert.deepEqual(info, amina)
    await assert.rejects(client.authorizationCodeGrant(config, back, checks), 'a code is good once')
  })

  test('tells of a refusal, lies when it is told to, and goes down and up', async () => {
    const { config, url, checks } = await begin()
    const refused = await provider.deny(url)
    assert.equal(refused.searchParams.get('error'), 'access_denied')
    provider.lie((claims) => ({ claims: { ...claims, aud: 'somebody else' } }))
    const back = await provider.approve(url, amina)
    await assert.rejects(client.authorizationCodeGrant(config, back, checks), /unexpected JWT claim value/)
    provider.lie(undefined)
    await provider.down()
    await assert.rejects(begin())
    await provider.up()
    await begin()
  })
})
