import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { readConfig } from '../config.ts'
import { clientAddress, headerOfProxy } from './client-address.ts'
import { serve } from './server-under-test.ts'

/** What a server with this TRUST_PROXY takes for the client's address. */
async function behind(TRUST_PROXY: string) {
  const config = readConfig({ NODE_ENV: 'test', LOG_LEVEL: 'silent', TRUST_PROXY })
  const app = await serve(
    async (api) =>
      void api.get('/ip', { config: { access: 'public' } }, (request) => ({ ip: clientAddress(request) })),
    { config },
  )
  after(() => app.close())
  return async (remoteAddress: string, forwarded?: string) => {
    const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }
    return (await app.inject({ url: '/api/v1/ip', remoteAddress, headers })).json().ip
  }
}

test('without a proxy the connection alone says whose it is', async () => {
  const seen = await behind('off')
  assert.equal(await seen('203.0.113.9', '6.6.6.6'), '203.0.113.9')
  assert.equal(await seen('::ffff:203.0.113.9'), '203.0.113.9')
})

test('by hops, as many are believed as stand there, and what the client wrote itself is not read', async () => {
  const one = await behind('1')
  assert.equal(await one('10.0.0.1', '203.0.113.9'), '203.0.113.9')
  assert.equal(await one('10.0.0.1', '6.6.6.6, 203.0.113.9'), '203.0.113.9')
  const two = await behind('2')
  assert.equal(await two('10.0.0.1', '203.0.113.9, 10.0.0.2'), '203.0.113.9')
  assert.equal(await two('10.0.0.1', '127.0.0.1, 6.6.6.6, 203.0.113.9, 10.0.0.2'), '203.0.113.9')
  assert.equal(await two('10.0.0.1', '10.0.0.2'), '10.0.0.2')
  assert.equal(await two('10.0.0.1'), '10.0.0.1')
})

test('by networks, a chain is believed from our end as far as it is ours', async () => {
  const seen = await behind('10.0.0.0/8, 2001:db8:aa::/48, ::1')
  assert.equal(await seen('10.0.0.1', '203.0.113.9'), '203.0.113.9')
  assert.equal(await seen('10.0.0.1', '203.0.113.9, 10.9.9.9, 2001:db8:aa:1::7'), '203.0.113.9')
  assert.equal(await seen('10.0.0.1', '10.0.0.66, 6.6.6.6, 203.0.113.9, 10.0.0.2'), '203.0.113.9')
  assert.equal(await seen('2001:db8:aa::1', '2001:db8:bb::9'), '2001:db8:bb::9')
  assert.equal(await seen('::1', '::ffff:203.0.113.9'), '203.0.113.9')
})

test('who reaches us past the proxy is not believed, whatever they write', async () => {
  const seen = await behind('10.0.0.0/8')
  assert.equal(await seen('203.0.113.9', '6.6.6.6'), '203.0.113.9')
  assert.equal(await seen('203.0.113.9', '10.0.0.1'), '203.0.113.9')
  assert.equal(await seen('2001:db8::9', '6.6.6.6, 10.0.0.1'), '2001:db8::9')
})

test('a proxy that listens on IPv6 and is called by IPv4 is known by either form', async () => {
  const seen = await behind('10.0.0.0/8')
  assert.equal(await seen('::ffff:10.0.0.1', '203.0.113.9'), '203.0.113.9')
  assert.equal(await seen('::ffff:a00:1', '203.0.113.9, ::ffff:10.0.0.2'), '203.0.113.9')
  assert.equal(await seen('::ffff:203.0.113.9', '6.6.6.6'), '203.0.113.9')
})

test('what is no address is never taken for one', async () => {
  const seen = await behind('10.0.0.0/8')
  for (const forged of ['unknown', '_hidden', "'; --", '203.0.113.9:4711', '10.0.0.0/8', ' ']) {
    assert.equal(await seen('10.0.0.1', forged), '10.0.0.1', forged)
    assert.equal(await seen('10.0.0.1', `${forged}, 203.0.113.9`), '203.0.113.9', forged)
  }
})

test('a header of the proxy counts only from one that is trusted', async () => {
  const id = '0198f0a0-0000-7000-8000-00000000abcd'
  const ask = async (TRUST_PROXY: string, remoteAddress: string, forwarded: Record<string, string>) => {
    const config = readConfig({ NODE_ENV: 'test', LOG_LEVEL: 'silent', TRUST_PROXY })
    const country: Parameters<typeof serve>[0] = async (api) =>
      void api.get('/country', { config: { access: 'public' } }, (request) => ({
        country: headerOfProxy(request, 'x-country') ?? null,
      }))
    const app = await serve(country, { config })
    const headers = { 'x-country': 'KE', 'x-request-id': id, ...forwarded }
    const reply = await app.inject({ url: '/api/v1/country', remoteAddress, headers })
    await app.close()
    return [reply.json().country, reply.headers['x-request-id'] === id]
  }
  const forwarded = { 'x-forwarded-for': '203.0.113.9' }
  assert.deepEqual(await ask('10.0.0.0/8', '10.0.0.1', forwarded), ['KE', true])
  assert.deepEqual(await ask('10.0.0.0/8', '203.0.113.9', forwarded), [null, false])
  assert.deepEqual(await ask('off', '10.0.0.1', forwarded), [null, false])
  assert.deepEqual(await ask('on', '203.0.113.9', {}), [null, true])
})
