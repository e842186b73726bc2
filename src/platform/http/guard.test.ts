import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { fixedClock } from '../../testing/clock.ts'
import { readConfig } from '../config.ts'
import { AppError } from '../errors.ts'
import { PROOF_MS } from './guard.ts'
import { asAdmin, asFreshAdmin, asMember, onBehalf, serve } from './server-under-test.ts'

type Headers = Record<string, string>

describe('a route that asks for a proof or refuses impersonation', async () => {
  const staff = { access: { permission: 'staff.see' } } as const
  const app = await serve(async (api) => {
    api.get('/plain', { config: { access: 'signed_in' } }, () => ({}))
    api.get('/own', { config: { access: 'signed_in', impersonation: 'refused' } }, () => ({}))
    api.get('/proven', { config: { access: 'signed_in', proof: 'recent' } }, () => ({}))
    api.get('/staff', { config: staff }, () => ({}))
    api.get('/staff/proven', { config: { ...staff, proof: 'recent' } }, () => ({}))
  })
  after(() => app.close())
  const ask = async (path: string, headers: Headers = {}) => {
    const reply = await app.inject({ url: `/api/v1${path}`, headers })
    return [reply.statusCode, reply.json().code]
  }
  const ok = [200, undefined]

  test('lets in whoever is asked for', async () => {
    assert.deepEqual(await ask('/plain', onBehalf), ok)
    assert.deepEqual(await ask('/own', asMember), ok)
    assert.deepEqual(await ask('/proven', asFreshAdmin), ok)
    assert.deepEqual(await ask('/staff', asAdmin), ok)
    assert.deepEqual(await ask('/staff/proven', asFreshAdmin), ok)
  })

  test('refuses a stranger first, then who has not the role, then who acts for another, then who has not proven it', async () => {
    for (const path of ['/plain', '/own', '/proven', '/staff', '/staff/proven'])
      assert.deepEqual(await ask(path), [401, 'auth.required'], path)
    assert.deepEqual(await ask('/staff', asMember), [403, 'auth.forbidden'])
    assert.deepEqual(await ask('/staff/proven', asMember), [403, 'auth.forbidden'])
    assert.deepEqual(await ask('/staff/proven', onBehalf), [403, 'auth.forbidden'])
    assert.deepEqual(await ask('/own', onBehalf), [403, 'auth.impersonation_refused'])
    assert.deepEqual(await ask('/proven', onBehalf), [403, 'auth.impersonation_refused'])
    assert.deepEqual(await ask('/proven', asMember), [403, 'auth.step_up_required'])
    assert.deepEqual(await ask('/staff/proven', asAdmin), [403, 'auth.step_up_required'])
  })

  test('takes a proof for ten minutes, to the millisecond', async () => {
    const clock = fixedClock(new Date())
    const provenAt = clock.now().getTime()
    const timed = await serve(
      async (api) =>
        void api.get('/proven', { config: { access: 'signed_in', proof: 'recent' } }, () => ({})),
      {
        clock,
        authenticate: async () => ({
          userId: 'u',
          roles: [],
          sessionId: 's',
          provenAt,
          impersonatorId: null,
        }),
      },
    )
    after(() => timed.close())
    const status = async () => (await timed.inject({ url: '/api/v1/proven', headers: asMember })).statusCode
    clock.advance(PROOF_MS)
    assert.equal(await status(), 200)
    clock.advance(1)
    assert.equal(await status(), 403)
  })

  test('is refused at the start when everybody may call it, or when nobody knows its permission', async () => {
    for (const extra of [{ proof: 'recent' }, { impersonation: 'refused' }] as const) {
      const open = serve(
        async (api) => void api.get('/x', { config: { access: 'public', ...extra } }, () => ({})),
      )
      await assert.rejects(open, /\/api\/v1\/x is public and asks for a proof/)
    }
    const unknown = serve(
      async (api) => void api.get('/x', { config: { access: { permission: 'staff.fly' } } }, () => ({})),
    )
    await assert.rejects(unknown, /\/api\/v1\/x: no permission staff.fly/)
  })

  test('is refused at the start when it changes something and does not say whether that may be done for another', async () => {
    for (const access of ['signed_in', { permission: 'staff.see' }] as const) {
      const silent = serve(async (api) => void api.post('/x', { config: { access } }, () => ({})))
      await assert.rejects(silent, /POST \/api\/v1\/x does not say whether it may be done for somebody else/)
    }
  })

  test('says in each reply who acts for whom', async () => {
    const of = async (headers: Headers) =>
      (await app.inject({ url: '/api/v1/own', headers })).headers['impersonated-by']
    assert.deepEqual(
      [typeof (await of(onBehalf)), await of(asMember), await of({})],
      ['string', undefined, undefined],
    )
  })

  test('says so in the API document', async () => {
    const { paths } = (await app.inject({ url: '/openapi.json' })).json()
    const said = (path: string) => {
      const { 'x-permission': permission, 'x-proof': proof, security } = paths[`/api/v1${path}`].get
      return [permission, proof, security.length]
    }
    assert.deepEqual(said('/plain'), [undefined, undefined, 2])
    assert.deepEqual(said('/staff'), ['staff.see', undefined, 2])
    assert.deepEqual(said('/staff/proven'), ['staff.see', 'recent', 2])
  })

  test('is listed with all that it asks', () => {
    const rule = app.rules.find(({ path }) => path === '/api/v1/staff/proven')
    assert.deepEqual(rule, {
      method: 'GET',
      path: '/api/v1/staff/proven',
      access: 'permission',
      permission: 'staff.see',
      roles: ['admin'],
      proof: true,
      impersonation: false,
      limit: 'read',
      inMaintenance: false,
    })
  })
})

describe('a change', async () => {
  const https = { NODE_ENV: 'test', LOG_LEVEL: 'silent', PUBLIC_URL: 'https://app.example' }
  const config = readConfig({ ...https, CORS_ORIGINS: 'https://shop.example' })
  const routes: Parameters<typeof serve>[0] = async (api) => {
    api.post('/mine', { config: { access: 'signed_in', impersonation: 'allowed' } }, () => ({ ok: true }))
    api.post('/login', { config: { access: 'public', session: 'ignored' } }, () => ({ ok: true }))
  }
  const app = await serve(routes)
  const secure = await serve(routes, { config })
  after(() => Promise.all([app.close(), secure.close()]))
  const host = { host: 'app.example' }
  const status = async (server: typeof app, url: string, headers: Headers) =>
    (await server.inject({ method: 'POST', url: `/api/v1${url}`, headers: { ...host, ...headers } }))
      .statusCode
  const http = { cookie: 'bcn_session=member' }
  const tls = { cookie: '__Host-bcn_session=member' }

  test('that carries a cookie must come from our own pages, and say so', async () => {
    const post = (headers: Headers) => status(app, '/mine', { ...http, ...headers })
    assert.equal(await post({}), 403)
    assert.equal(await post({ 'sec-fetch-site': 'cross-site' }), 403)
    assert.equal(await post({ 'sec-fetch-site': 'same-site' }), 403)
    assert.equal(await post({ origin: 'https://evil.example' }), 403)
    assert.equal(await post({ referer: 'http://app.example/' }), 403)
    assert.equal(await post({ 'sec-fetch-site': 'same-origin' }), 200)
    assert.equal(await post({ 'sec-fetch-site': 'none' }), 200)
    assert.equal(await post({ origin: 'http://app.example' }), 200)
  })

  test('from a subdomain, a neighbouring port, a look-alike or http where we are https is from another site', async () => {
    const post = (origin: string) => status(secure, '/mine', { ...tls, origin })
    for (const origin of [
      'https://evil.app.example',
      'https://app.example.evil.example',
      'https://xapp.example',
      'https://app.example:8443',
      'https://app.example@evil.example',
      'http://app.example',
      'app.example',
      '',
    ])
      assert.equal(await post(origin), 403, origin)
    assert.equal(await post('https://app.example'), 200)
    assert.equal(await post('https://shop.example'), 200)
  })

  test('from a sandboxed frame, a file or a redirect has the origin null, and is refused', async () => {
    for (const server of [app, secure]) {
      const cookie = server === app ? http : tls
      assert.equal(await status(server, '/mine', { ...cookie, origin: 'null' }), 403)
      assert.equal(
        await status(server, '/mine', { ...cookie, origin: 'null', 'sec-fetch-site': 'cross-site' }),
        403,
      )
      assert.equal(await status(server, '/login', { origin: 'null' }), 403)
    }
  })

  test('that signs somebody in is refused from another site, so that nobody is signed in as somebody else unawares', async () => {
    const login = (headers: Headers) => status(app, '/login', headers)
    assert.equal(await login({ origin: 'https://evil.example' }), 403)
    assert.equal(await login({ origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }), 403)
    assert.equal(await login({ 'sec-fetch-site': 'same-site', origin: 'http://evil.app.example' }), 403)
    assert.equal(await login({ cookie: 'theme=dark' }), 403)
    assert.equal(await login({ origin: 'http://app.example' }), 200)
    assert.equal(await login({}), 200)
  })

  test('by a bearer token needs no origin: no browser adds it by itself', async () => {
    assert.equal(await status(app, '/mine', { ...asMember, ...http, origin: 'https://evil.example' }), 200)
    assert.equal(await status(app, '/mine', asMember), 200)
  })

  test('over https counts no cookie but the one that only this host could set', async () => {
    const origin = 'https://app.example'
    assert.equal(await status(secure, '/mine', { ...http, origin }), 401)
    assert.equal(await status(secure, '/mine', { ...tls, origin }), 200)
    assert.equal(await status(secure, '/mine', { cookie: `${http.cookie}; ${tls.cookie}`, origin }), 200)
  })
})

describe('pages of other origins', async () => {
  const env = { NODE_ENV: 'test', LOG_LEVEL: 'silent', PUBLIC_URL: 'http://app.example' }
  const config = readConfig({ ...env, CORS_ORIGINS: 'https://shop.example' })
  const routes: Parameters<typeof serve>[0] = async (api) =>
    void api.post('/x', { config: { access: 'public' } }, () => ({}))
  const listed = await serve(routes, { config })
  const closed = await serve(routes)
  after(() => Promise.all([listed.close(), closed.close()]))
  const preflight = async (origin: string, server = listed) => {
    const asks = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-a' }
    const reply = await server.inject({ method: 'OPTIONS', url: '/api/v1/x', headers: { origin, ...asks } })
    return reply.headers
  }

  test('may read only if they are listed; credentials go to those alone', async () => {
    const allowed = await preflight('https://shop.example')
    assert.equal(allowed['access-control-allow-origin'], 'https://shop.example')
    assert.equal(allowed['access-control-allow-credentials'], 'true')
    assert.match(String(allowed.vary), /origin/i)
    for (const stranger of [
      'https://evil.example',
      'https://shop.example.evil.example',
      'https://sub.shop.example',
      'http://shop.example',
      'https://shop.example:8443',
      'null',
      '*',
    ]) {
      const refused = await preflight(stranger)
      assert.equal(refused['access-control-allow-origin'], undefined, stranger)
      assert.equal((await preflight(stranger, closed))['access-control-allow-origin'], undefined, stranger)
    }
  })

  test('that are listed are shown what a client needs beside the body', async () => {
    const headers = { origin: 'https://shop.example' }
    const reply = await listed.inject({ method: 'POST', url: '/api/v1/x', headers })
    assert.equal(reply.statusCode, 200)
    const shown = String(reply.headers['access-control-expose-headers']).split(', ').sort()
    assert.deepEqual(shown, [
      'etag',
      'impersonated-by',
      'ratelimit',
      'ratelimit-policy',
      'retry-after',
      'x-request-id',
    ])
    const stranger = await listed.inject({
      method: 'POST',
      url: '/api/v1/x',
      headers: { origin: 'https://evil.example' },
    })
    assert.deepEqual([stranger.statusCode, stranger.headers['access-control-allow-origin']], [403, undefined])
  })
})

describe('while the gate is closed for maintenance', async () => {
  let isClosed = true
  const app = await serve(
    async (api) => {
      const open = { access: 'public' } as const
      const who = (request: { actor: { roles: readonly string[] } | null }) => ({
        roles: request.actor?.roles ?? null,
      })
      api.get('/open', { config: open }, who)
      api.get('/ignoring', { config: { ...open, session: 'ignored' } }, who)
      api.get('/mine', { config: { access: 'signed_in' } }, who)
      api.get('/staff', { config: { access: { permission: 'staff.see' } } }, who)
      api.post('/login', { config: { ...open, session: 'ignored', maintenance: 'open' } }, who)
      api.post(
        '/step-up',
        { config: { access: 'signed_in', impersonation: 'refused', maintenance: 'open' } },
        who,
      )
    },
    { gate: { isClosed: () => isClosed } },
  )
  after(() => app.close())
  const ask = (url: string, headers: Headers = {}, method: 'GET' | 'POST' = 'GET') =>
    app.inject({ method, url, headers })

  test('everybody but staff is told 503 and when to come back', async () => {
    for (const headers of [{}, asMember, onBehalf]) {
      for (const path of ['/open', '/ignoring', '/mine', '/staff']) {
        const reply = await ask(`/api/v1${path}`, headers)
        assert.deepEqual([reply.statusCode, reply.json().code], [503, 'platform.maintenance'], path)
        assert.match(String(reply.headers['retry-after']), /^\d+$/)
      }
    }
  })

  test('staff go on as ever, also where the reader is not looked at', async () => {
    for (const path of ['/open', '/ignoring', '/mine', '/staff'])
      assert.deepEqual((await ask(`/api/v1${path}`, asAdmin)).json(), { roles: ['admin'] }, path)
  })

  test('what leads staff in, probes and the reference stay open, under their own rules', async () => {
    assert.equal((await ask('/api/v1/login', {}, 'POST')).statusCode, 200)
    assert.equal((await ask('/api/v1/step-up', asMember, 'POST')).statusCode, 200)
    assert.equal((await ask('/api/v1/step-up', {}, 'POST')).statusCode, 401)
    for (const url of ['/health/live', '/health/ready', '/metrics', '/openapi.json', '/docs/'])
      assert.equal((await ask(url)).statusCode, 200, url)
  })

  test('opened again, all is as before', async () => {
    isClosed = false
    assert.equal((await ask('/api/v1/open')).statusCode, 200)
    assert.deepEqual((await ask('/api/v1/ignoring', asAdmin)).json(), { roles: null })
  })
})

test('while sessions cannot be looked up during maintenance, nobody passes for staff', async () => {
  const app = await serve(
    async (api) => void api.get('/open', { config: { access: 'public' } }, () => ({})),
    {
      gate: { isClosed: () => true },
      authenticate: () => Promise.reject(new AppError(503, 'cache.unavailable', 'away')),
    },
  )
  after(() => app.close())
  const reply = await app.inject({ url: '/api/v1/open', headers: asAdmin })
  assert.deepEqual([reply.statusCode, reply.json().code], [503, 'platform.maintenance'])
})
