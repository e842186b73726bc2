import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { createLog } from '../../platform/log.ts'
import { startOidcProvider, type TestProvider } from '../../testing/oidc-provider.ts'
import { createOidcClient } from './oidc-client.ts'

const publicUrl = 'http://localhost:3000'
const callback = (name: string) => `${publicUrl}/api/v1/auth/oidc/${name}/callback`
const amina = { sub: 'amina-1', email: 'amina@example.com', email_verified: true, name: 'Amina Wanjiru' }
const log = createLog({ env: 'test', logLevel: 'silent' })

describe('asking a provider who somebody is', () => {
  let one: TestProvider
  let two: TestProvider
  let client: ReturnType<typeof createOidcClient>
  before(async () => {
    one = await startOidcProvider({ redirectUris: [callback('one')] })
    two = await startOidcProvider({ redirectUris: [callback('two')], claimsInIdToken: false })
    client = clientOf()
  })
  after(async () => {
    await one.stop()
    await two.stop()
  })

  function clientOf() {
    const settings = (name: string, { issuer, clientId, clientSecret }: TestProvider) => ({
      name,
      label: name,
      issuer,
      clientId,
      clientSecret,
    })
    return createOidcClient({ publicUrl, oidcProviders: [settings('one', one), settings('two', two)] }, log)
  }

  const begun = async (name: string, provider: TestProvider, person = amina) => {
    const { url, checks } = await client.begin(name)
    const back = await provider.approve(url, person)
    return { back, query: Object.fromEntries(back.searchParams), checks }
  }
  const isRefused = { status: 401, code: 'auth.provider_refused' }
  const isAway = { status: 503, code: 'auth.provider_unavailable' }

  test('it says so in its id token, or where it is asked for it', async () => {
    for (const [name, provider] of [
      ['one', one],
      ['two', two],
    ] as const) {
      const { back, query, checks } = await begun(name, provider)
      assert.equal(back.origin + back.pathname, callback(name))
      assert.deepEqual(await client.finish(name, query, checks), {
        provider: name,
        issuer: provider.issuer,
        subject: 'amina-1',
        email: 'amina@example.com',
        emailVerified: true,
        name: 'Amina Wanjiru',
        locale: null,
      })
    }
  })

  test('an address counts as verified only where the provider says so in so many words', async () => {
    const { email_verified: _, ...silent } = amina
    for (const person of [silent, { ...amina, email_verified: false }]) {
      const { query, checks } = await begun('one', one, person as typeof amina)
      assert.equal((await client.finish('one', query, checks)).emailVerified, false)
    }
    one.lie((claims) => ({ claims: { ...claims, email_verified: 'true' } }))
    const { query, checks } = await begun('one', one)
    assert.equal((await client.finish('one', query, checks)).emailVerified, false)
    one.lie(undefined)
  })

  test('state, nonce and verifier must be those that the authorization began with', async () => {
    for (const part of ['state', 'nonce', 'verifier'] as const) {
      const { query, checks } = await begun('one', one)
      const { checks: others } = await client.begin('one')
      await assert.rejects(client.finish('one', query, { ...checks, [part]: others[part] }), isRefused, part)
    }
  })

  test('an answer is good once', async () => {
    const { query, checks } = await begun('one', one)
    await client.finish('one', query, checks)
    await assert.rejects(client.finish('one', query, checks), isRefused)
  })

  test('one provider’s answer is worth nothing as another’s', async () => {
    const { query, checks } = await begun('one', one)
    await assert.rejects(client.finish('two', query, checks), isRefused)
    const { iss: _, ...unnamed } = query
    await assert.rejects(client.finish('two', unnamed, checks), isRefused)
    await assert.rejects(client.finish('one', { ...query, iss: two.issuer }, checks), isRefused)
    assert.equal((await client.finish('one', query, checks)).subject, amina.sub)
  })

  test('an id token for somebody else, of somebody else, from another time or unsigned is refused', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const now = Math.floor(Date.now() / 1000)
    const lies: Parameters<TestProvider['lie']>[0][] = [
      (claims) => ({ claims: { ...claims, iss: two.issuer } }),
      (claims) => ({ claims: { ...claims, aud: 'somebody else' } }),
      (claims) => ({ claims: { ...claims, aud: [one.clientId, 'somebody else'], azp: 'somebody else' } }),
      (claims) => ({ claims: { ...claims, nonce: 'another one' } }),
      ({ nonce: _, ...claims }) => ({ claims }),
      (claims) => ({ claims: { ...claims, exp: now - 3600 } }),
      ({ sub: _, ...claims }) => ({ claims }),
      (claims) => ({ claims, signedBy: privateKey }),
      (claims) => ({ claims, signedBy: 'nobody' }),
    ]
    try {
      for (const lie of lies) {
        one.lie(lie)
        const { query, checks } = await begun('one', one)
        await assert.rejects(client.finish('one', query, checks), isRefused, String(lie))
      }
    } finally {
      one.lie(undefined)
    }
  })

  test('a no, or nonsense in place of an answer, is a refusal', async () => {
    const { url, checks } = await client.begin('one')
    const denied = Object.fromEntries((await one.deny(url)).searchParams)
    assert.equal(denied.error, 'access_denied')
    const { state } = checks
    for (const query of [denied, {}, { state }, { state, code: 'x' }, { state, code: 'x'.repeat(4000) }]) {
      await assert.rejects(client.finish('one', query, checks), isRefused, JSON.stringify(query))
    }
    await assert.rejects(client.finish('one', { ...denied, error: 'server_error' }, checks), isAway)
  })

  test('a provider that is away is told apart from one that refuses, and asked again when it is back', async () => {
    const { query, checks } = await begun('one', one)
    await one.down()
    await assert.rejects(client.finish('one', query, checks), isAway)
    const fresh = clientOf()
    await assert.rejects(fresh.begin('one'), isAway)
    await fresh.begin('two')
    await one.up()
    await fresh.begin('one')
    await assert.rejects(fresh.begin('three'), { status: 404, code: 'provider.not_found' })
  })
})
