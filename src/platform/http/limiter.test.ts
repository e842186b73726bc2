import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { CacheUnavailable } from '../cache/index.ts'
import { createMemoryCache } from '../cache/memory.ts'
import { readConfig } from '../config.ts'
import { createLog } from '../log.ts'
import { createMetrics } from '../metrics/index.ts'
import { LIMITS } from './limits.ts'
import type { Server } from './server.ts'
import { asMember, onBehalf, serve } from './server-under-test.ts'

const config = readConfig({ NODE_ENV: 'test', LOG_LEVEL: 'silent' })
const cache = createMemoryCache({ log: createLog(config) })
const metrics = createMetrics()
const routes: Parameters<typeof serve>[0] = async (api) => {
  const open = { access: 'public' } as const
  api.get('/read', { config: open }, () => ({}))
  api.get('/ignoring', { config: { ...open, session: 'ignored' } }, () => ({}))
  api.post('/write', { config: open }, () => ({}))
  api.post(
    '/export',
    { config: { access: 'signed_in', impersonation: 'allowed', limit: 'export' } },
    () => ({}),
  )
  api.post('/code', { config: { access: 'signed_in', impersonation: 'allowed', limit: 'code' } }, () => ({}))
  api.post('/sign-in', { config: { ...open, limit: 'sign_in' } }, () => ({}))
  api.get('/probe', { config: { ...open, limit: 'none' } }, () => ({}))
}

describe('limits', () => {
  let app: Server
  before(async () => {
    app = await serve(routes, { config, cache, metrics })
  })
  after(() => app.close())

  type Method = 'GET' | 'POST'
  const ask = (method: Method, path: string, headers = {}, remoteAddress = '203.0.113.1') =>
    app.inject({ method, url: `/api/v1${path}`, headers, remoteAddress })
  /** As if somebody had called that often. */
  const use = async (key: string, times: number, windowSeconds: number) => {
    for (let n = 0; n < times; n++) await cache.limit(key, { max: times, windowSeconds })
  }

  test('are told with every reply: what is granted in how many seconds, what is left, when there is more', async () => {
    const { headers } = await ask('GET', '/read', asMember)
    assert.equal(headers['ratelimit-policy'], '"read";q=1200;w=60')
    assert.match(String(headers.ratelimit), /^"read";r=1199;t=\d+$/)
    const stranger = await ask('POST', '/write')
    assert.equal(stranger.headers['ratelimit-policy'], '"write";q=20000;w=60')
    const strict = await ask('POST', '/sign-in')
    assert.equal(strict.headers['ratelimit-policy'], '"sign_in";q=1200;w=60')
    assert.equal(strict.headers.ratelimit, '"sign_in";r=1199;t=60')
    assert.equal((await ask('GET', '/probe')).headers.ratelimit, undefined)
  })

  test('count who is signed in by themselves, whoever acts for them by themselves, and strangers by their network', async () => {
    const left = async (headers: Record<string, string>, address?: string) =>
      Number(/r=(\d+)/.exec(String((await ask('GET', '/read', headers, address)).headers.ratelimit))?.[1])
    const mine = await left(asMember)
    assert.equal(await left(asMember, '198.51.100.7'), mine - 1)
    assert.equal(await left(onBehalf), 1199)
    const theirs = await left({}, '2001:db8:5::1')
    assert.equal(await left({}, '2001:db8:5::ffff:1'), theirs - 1)
    assert.equal(await left({}, '2001:db8:6::1'), theirs)
    assert.equal(await left({ authorization: 'Bearer nobody' }, '2001:db8:5::2'), theirs - 2)
  })

  test('refuse with 429, Retry-After and the class; other people and other classes go on', async () => {
    const { perUser } = LIMITS.export
    for (let n = 0; n < perUser; n++) assert.equal((await ask('POST', '/export', asMember)).statusCode, 200)
    const refused = await ask('POST', '/export', asMember)
    assert.deepEqual([refused.statusCode, refused.json().code], [429, 'request.too_many'])
    assert.match(String(refused.headers.ratelimit), /^"export";r=0;t=\d+$/)
    const seconds = Number(refused.headers['retry-after'])
    assert.ok(seconds >= 1 && seconds <= 2 * 3600)
    assert.equal((await ask('POST', '/export', onBehalf)).statusCode, 200)
    assert.equal((await ask('POST', '/write', asMember)).statusCode, 200)
    assert.match(await metrics.text(), /^http_requests_refused_total\{limit="export"\} 1$/m)
  })

  test('of a strict class hold for the network and for the person', async () => {
    const { windowSeconds, perNetwork, perUser } = LIMITS.code
    await use('limit:code:203.0.113.2', perNetwork, windowSeconds)
    const network = await ask('POST', '/code', asMember, '203.0.113.2')
    assert.deepEqual([network.statusCode, network.json().code], [429, 'request.too_many'])
    assert.equal(network.headers['ratelimit-policy'], '"code";q=3000;w=300')
    await use('limit:code:0198f0a0-0000-7000-8000-000000000001', perUser, windowSeconds)
    const person = await ask('POST', '/code', asMember, '203.0.113.3')
    assert.deepEqual([person.statusCode, person.headers['ratelimit-policy']], [429, '"code";q=30;w=300'])
    assert.equal((await ask('POST', '/code', onBehalf, '203.0.113.3')).statusCode, 200)
  })

  test('of a strict class let exactly as many pass as they say, however many come at once', async () => {
    const replies = await Promise.all(
      Array.from({ length: 1300 }, () => ask('POST', '/sign-in', {}, '203.0.113.4')),
    )
    assert.equal(replies.filter(({ statusCode }) => statusCode === 200).length, 1200)
  })

  test('do not stand in the way of a change that is refused for its origin', async () => {
    const cross = await ask('POST', '/sign-in', { origin: 'https://evil.example' }, '203.0.113.5')
    assert.deepEqual([cross.statusCode, cross.headers.ratelimit], [403, undefined])
  })
})

test('with a dead cache reads and writes go on, counted by the process; strict classes answer 503', async () => {
  const gone = () => Promise.reject(new CacheUnavailable())
  const app = await serve(routes, { config, cache: { ...cache, limit: gone, increase: gone } })
  after(() => app.close())
  const ask = async (method: 'GET' | 'POST', url: string) => {
    const reply = await app.inject({ method, url: `/api/v1${url}`, headers: asMember })
    return [reply.statusCode, reply.json().code, String(reply.headers['ratelimit-policy']).slice(0, 6)]
  }
  assert.deepEqual(await ask('GET', '/read'), [200, undefined, '"read"'])
  assert.deepEqual(await ask('POST', '/write'), [200, undefined, '"write'])
  for (let n = 0; n < LIMITS.export.perUser; n++) assert.equal((await ask('POST', '/export'))[0], 200)
  assert.equal((await ask('POST', '/export'))[0], 429)
  for (const url of ['/sign-in', '/code'])
    assert.deepEqual((await ask('POST', url)).slice(0, 2), [503, 'cache.unavailable'])
})

test('switched off, nobody is counted and nothing is told', async () => {
  const off = readConfig({ NODE_ENV: 'test', LOG_LEVEL: 'silent', RATE_LIMITS: 'off' })
  const app = await serve(routes, { config: off })
  after(() => app.close())
  for (const [method, url] of [
    ['GET', '/read'],
    ['POST', '/sign-in'],
  ] as const) {
    const { statusCode, headers } = await app.inject({ method, url: `/api/v1${url}` })
    assert.deepEqual(
      [statusCode, headers.ratelimit, headers['ratelimit-policy']],
      [200, undefined, undefined],
    )
  }
})

test('a class that the table does not have stops the start', async () => {
  const limit = 'reads' as 'read'
  await assert.rejects(
    serve(async (api) => void api.get('/x', { config: { access: 'public', limit } }, () => ({}))),
    /\/api\/v1\/x: no limit class reads/,
  )
})

test('the API document names the class of every operation, and the figures of every class', async () => {
  const app = await serve(routes)
  after(() => app.close())
  const document = (await app.inject({ url: '/openapi.json' })).json()
  assert.equal(document.paths['/api/v1/code'].post['x-limit'], 'code')
  assert.equal(document.paths['/api/v1/read'].get['x-limit'], 'read')
  assert.deepEqual(document['x-limits'], LIMITS)
})
