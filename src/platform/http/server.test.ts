import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { Type } from 'typebox'
import { readConfig } from '../config.ts'
import { AppError, conflict, notFound, tooMany } from '../errors.ts'
import { Closed } from './schemas.ts'
import { sendJson } from './send.ts'
import { asAdmin, asMember, serve } from './server-under-test.ts'
import { clearSessionCookie, setSessionCookie } from './session-cookie.ts'

const LONG = JSON.stringify({ text: 'long enough to be worth it '.repeat(100) })

const app = await serve(async (api) => {
  const open = { access: 'public' } as const
  api.get('/open', { config: open }, (request, reply) =>
    sendJson(reply, JSON.stringify({ who: request.actor?.userId ?? null })),
  )
  api.get('/mine', { config: { access: 'signed_in' } }, () => ({ ok: true }))
  api.get('/staff', { config: { access: { permission: 'staff.see' }, errors: ['staff.busy'] } }, () => ({
    ok: true,
  }))
  api.post('/mine', { config: { access: 'signed_in', impersonation: 'allowed' } }, () => ({ ok: true }))
  api.get('/long', { config: open }, (_request, reply) => sendJson(reply, LONG, { etag: true }))
  api.post('/login', { config: open }, (_request, reply) => {
    setSessionCookie(reply, 'member', { maxAgeSeconds: 60, secure: true })
    return sendJson(reply, '{}')
  })
  api.delete('/login', { config: open }, (_request, reply) => {
    clearSessionCookie(reply, { secure: false })
    return reply.code(204).send()
  })
  const failures: Record<string, () => unknown> = {
    conflict: () => conflict('thing.taken', 'It is taken.', '/name'),
    missing: () => notFound('thing', '1'),
    many: () => tooMany('thing.too_many', 7),
    fault: () => new TypeError('x is not a function'),
    sql: () => Object.assign(new Error('syntax error'), { code: '42601' }),
    unique: () => Object.assign(new Error('duplicate key'), { code: '23505', detail: 'Key (email)=(a@b.c)' }),
    timeout: () => Object.assign(new Error('canceling statement'), { code: '57014' }),
    lost: () => new Error('Connection terminated unexpectedly'),
    broken: () => new Error('Client has encountered a connection error and is not queryable'),
    refused: () => Object.assign(new Error('connect'), { code: 'ECONNREFUSED', syscall: 'connect' }),
    text: () => 'not even an error',
  }
  const params = Closed({ how: Type.String() })
  api.get('/fail/:how', { config: open, schema: { params } }, (request) => {
    throw failures[request.params.how]!()
  })
})
after(() => app.close())

const get = (path: string, headers: Record<string, string> = {}) =>
  app.inject({ url: `/api/v1${path}`, headers })

test('a route without an access rule, with an open request schema, or that needs the session it ignores, stops the start', async () => {
  await assert.rejects(
    serve(async (api) => void api.get('/x', () => ({}))),
    /GET \/api\/v1\/x has no config.access/,
  )
  const loose = { body: Type.Object({ a: Type.Optional(Closed({})) }) }
  await assert.rejects(
    serve(async (api) => void api.post('/x', { config: { access: 'public' }, schema: loose }, () => ({}))),
    /POST \/api\/v1\/x takes unknown fields in body/,
  )
  const config = { access: 'signed_in', session: 'ignored' } as const
  await assert.rejects(
    serve(async (api) => void api.get('/x', { config }, () => ({}))),
    /\/api\/v1\/x needs a session and ignores it/,
  )
})

test('the access rule is checked before anything else, and says what is missing', async () => {
  const anonymous = await get('/mine')
  assert.deepEqual([anonymous.statusCode, anonymous.json().code], [401, 'auth.required'])
  assert.match(String(anonymous.headers['www-authenticate']), /^Bearer/)
  assert.equal((await get('/mine', { authorization: 'Bearer nobody' })).statusCode, 401)
  assert.equal((await get('/mine', { authorization: 'Basic member' })).statusCode, 401)
  assert.equal((await get('/mine', asMember)).statusCode, 200)
  const member = await get('/staff', asMember)
  assert.deepEqual([member.statusCode, member.json().code], [403, 'auth.forbidden'])
  assert.equal((await get('/staff', asAdmin)).statusCode, 200)
  assert.equal((await get('/open')).json().who, null)
  assert.equal((await get('/open', { cookie: 'a=b; bcn_session=member; c=d' })).json().who?.slice(-1), '1')
  assert.equal((await get('/open', { cookie: 'xbcn_session=member' })).json().who, null)
})

test('public reads go on when sessions cannot be looked up; the rest answers 503', async () => {
  const away = await serve(
    async (api) => {
      api.get('/open', { config: { access: 'public' } }, (request) => ({ who: request.actor }))
      api.get('/mine', { config: { access: 'signed_in' } }, () => ({}))
    },
    { authenticate: () => Promise.reject(new AppError(503, 'cache.unavailable', 'away')) },
  )
  after(() => away.close())
  assert.equal((await away.inject({ url: '/api/v1/open', headers: asMember })).statusCode, 200)
  assert.equal(
    (await away.inject({ url: '/api/v1/mine', headers: asMember })).json().code,
    'cache.unavailable',
  )
})

test('failures become problems: ours by their code, the database by its SQLSTATE, faults as 500 without detail', async () => {
  const expected: [string, number, string][] = [
    ['conflict', 409, 'thing.taken'],
    ['missing', 404, 'thing.not_found'],
    ['many', 429, 'thing.too_many'],
    ['fault', 500, 'internal.error'],
    ['text', 500, 'internal.error'],
    ['sql', 500, 'internal.error'],
    ['unique', 409, 'request.duplicate'],
    ['timeout', 503, 'database.timeout'],
    ['lost', 503, 'database.unavailable'],
    ['broken', 503, 'database.unavailable'],
    ['refused', 503, 'database.unavailable'],
  ]
  for (const [how, status, code] of expected) {
    const reply = await get(`/fail/${how}?x=private`)
    assert.deepEqual([reply.statusCode, reply.json().code, reply.json().status], [status, code, status], how)
    assert.equal(reply.headers['content-type'], 'application/problem+json; charset=utf-8')
    assert.equal(reply.json().instance, `/api/v1/fail/${how}`)
    assert.equal(reply.json().request_id, reply.headers['x-request-id'])
    assert.doesNotMatch(reply.body, /a@b\.c|is not a function|syntax/)
    if (status === 503 || status === 429) assert.match(String(reply.headers['retry-after']), /^\d+$/)
  }
  assert.deepEqual((await get('/fail/conflict')).json().errors[0].pointer, '/name')
})

test('what is not there is 404, another method 405 with Allow', async () => {
  const missing = await app.inject({ url: '/api/v1/nothing' })
  assert.deepEqual([missing.statusCode, missing.json().code], [404, 'route.not_found'])
  const noFile = await app.inject({ url: '/docs/static/nothing.js' })
  assert.deepEqual([noFile.statusCode, noFile.json().code], [404, 'route.not_found'])
  const wrong = await app.inject({ method: 'PUT', url: '/api/v1/mine' })
  assert.deepEqual([wrong.statusCode, wrong.json().code], [405, 'route.method_not_allowed'])
  assert.equal(wrong.headers.allow, 'GET, HEAD, POST')
})

test('every reply carries the security headers and a request id', async () => {
  for (const path of [
    '/open',
    '/mine',
    '/nothing',
    '/fail/fault',
    '/long',
    '/fail/%E0%A4',
    `/fail/${'x'.repeat(300)}`,
  ]) {
    const { headers } = await get(path)
    assert.equal(headers['x-content-type-options'], 'nosniff', path)
    assert.equal(
      headers['content-security-policy'],
      "default-src 'none'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'",
    )
    assert.equal(headers['referrer-policy'], 'no-referrer')
    assert.equal(headers['cross-origin-resource-policy'], 'same-site')
    assert.equal(headers['strict-transport-security'], undefined, 'told over https alone')
    assert.match(String(headers['x-request-id']), /^[0-9a-f-]{36}$/)
    assert.ok(headers['cache-control'], path)
  }
})

test('over https every reply says that it stays so for a year, subdomains included', async () => {
  const config = readConfig({ NODE_ENV: 'test', LOG_LEVEL: 'silent', PUBLIC_URL: 'https://app.example' })
  const secure = await serve(async () => {}, { config })
  after(() => secure.close())
  for (const url of ['/health/live', '/docs/', '/nothing', '/health/%E0%A4']) {
    const { headers } = await secure.inject({ url })
    assert.equal(headers['strict-transport-security'], 'max-age=31536000; includeSubDomains', url)
  }
})

test("a request id is taken from the proxy in front of us, never from a client's own header", async () => {
  const id = '0198f0a0-0000-7000-8000-00000000abcd'
  assert.notEqual((await get('/open', { 'x-request-id': id })).headers['x-request-id'], id)
  const config = readConfig({ NODE_ENV: 'test', LOG_LEVEL: 'silent', TRUST_PROXY: 'on' })
  const behind = await serve(async () => {}, { config })
  after(() => behind.close())
  const ask = (headers: Record<string, string>) => behind.inject({ url: '/health/live', headers })
  assert.equal((await ask({ 'x-request-id': id })).headers['x-request-id'], id)
  assert.notEqual((await ask({ 'x-request-id': 'x\u00e9' })).headers['x-request-id'], 'x\u00e9')
})

test('a public read has an ETag that spares the body, and private replies are not stored', async () => {
  const first = await get('/long')
  const { etag } = first.headers
  assert.match(String(etag), /^W\/"[\w-]{27}"$/)
  assert.equal(first.headers['cache-control'], 'public, max-age=0, must-revalidate')
  for (const known of [String(etag), `"x", ${etag}`, String(etag).slice(2), '*']) {
    const again = await get('/long', { 'if-none-match': known })
    assert.deepEqual([again.statusCode, again.body, again.headers.etag], [304, '', etag], known)
  }
  assert.equal((await get('/long', { 'if-none-match': 'W/"other"' })).statusCode, 200)
  assert.equal((await get('/open')).headers['cache-control'], 'private, no-store')
  assert.equal((await get('/mine', asMember)).headers['cache-control'], 'private, no-store')
})

test('texts of 1 KB and more are compressed for who accepts it', async () => {
  const br = await get('/long', { 'accept-encoding': 'gzip, deflate, br' })
  assert.deepEqual(
    [br.headers['content-encoding'], brotliDecompressSync(br.rawPayload).toString()],
    ['br', LONG],
  )
  const gz = await get('/long', { 'accept-encoding': 'gzip, br;q=0' })
  assert.deepEqual([gz.headers['content-encoding'], gunzipSync(gz.rawPayload).toString()], ['gzip', LONG])
  assert.equal(gz.headers.vary, 'accept-encoding')
  for (const accepts of ['identity', 'gzip;q=0', '']) {
    const plain = await get('/long', { 'accept-encoding': accepts })
    assert.deepEqual([plain.headers['content-encoding'], plain.body], [undefined, LONG], accepts)
  }
  assert.equal((await get('/open', { 'accept-encoding': 'br' })).headers['content-encoding'], undefined)
  const head = await app.inject({ method: 'HEAD', url: '/api/v1/long', headers: { 'accept-encoding': 'br' } })
  assert.deepEqual([head.statusCode, head.body], [200, ''])
})

test('the session cookie is out of reach for scripts and other sites', async () => {
  const login = await app.inject({ method: 'POST', url: '/api/v1/login' })
  assert.equal(
    login.headers['set-cookie'],
    '__Host-bcn_session=member; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure',
  )
  const logout = await app.inject({ method: 'DELETE', url: '/api/v1/login' })
  assert.equal(logout.headers['set-cookie'], 'bcn_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax')
  assert.equal(logout.headers['clear-site-data'], '"cache", "storage"')
})

test('a shared cache keeps apart what it must: encodings and, with listed origins, those', async () => {
  const config = readConfig({ NODE_ENV: 'test', LOG_LEVEL: 'silent', CORS_ORIGINS: 'https://shop.example' })
  const shared = await serve(
    async (api) => {
      const text = JSON.stringify('x'.repeat(2000))
      const access = { access: 'public' } as const
      api.get('/x', { config: access }, (_request, reply) => sendJson(reply, text, { etag: true }))
    },
    { config },
  )
  after(() => shared.close())
  const reply = await shared.inject({
    url: '/api/v1/x',
    headers: { origin: 'https://shop.example', 'accept-encoding': 'gzip' },
  })
  const varies = String(reply.headers.vary).toLowerCase().split(', ').sort()
  assert.deepEqual(varies, ['accept-encoding', 'origin'])
})
