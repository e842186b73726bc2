import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Type } from 'typebox'
import { readConfig } from '../config.ts'
import { createMetrics } from '../metrics/index.ts'
import { NotReady } from './probes.ts'
import { Closed, Page, Uuid } from './schemas.ts'
import { asMember, serve } from './server-under-test.ts'

let cache: () => Promise<void> = async () => {}
let database: () => Promise<void> = async () => {}

const app = await serve(
  async (api) => {
    api.get(
      '/modules/:id/lessons',
      {
        config: { access: 'signed_in', errors: ['lesson.locked'] },
        schema: {
          summary: 'Lessons',
          params: Closed({ id: Uuid }),
          response: { 200: Page(Closed({ id: Uuid })) },
        },
      },
      () => ({ items: [], next_cursor: null }),
    )
    api.addContentTypeParser('message/rfc822', { parseAs: 'string' }, (_request, body, done) =>
      done(null, body),
    )
    api.post(
      '/reports',
      {
        config: {
          access: 'public',
          posted: { types: ['message/rfc822'], body: Type.String({ description: 'A mail' }) },
        },
        schema: { response: { 200: Closed({ length: Type.Integer() }) } },
      },
      async ({ body }) => ({ length: String(body).length }),
    )
  },
  {
    readiness: [
      { name: 'database', check: () => database() },
      { name: 'cache', required: false, check: () => cache() },
    ],
  },
)
after(() => app.close())

test('the document describes every route: access, errors, schemas without our own extensions in the way', async () => {
  const document = (await app.inject({ url: '/openapi.json' })).json()
  assert.equal(document.openapi, '3.1.0')
  const lessons = document.paths['/api/v1/modules/{id}/lessons'].get
  assert.equal(lessons.operationId, 'getModulesByIdLessons')
  assert.deepEqual(lessons.tags, ['modules'])
  assert.deepEqual(lessons.security, [{ bearer: [] }, { session: [] }])
  assert.deepEqual(lessons['x-error-codes'], ['lesson.locked'])
  assert.equal(
    lessons.responses.default.content['application/problem+json'].schema.$ref,
    '#/components/schemas/Problem',
  )
  assert.equal(lessons.responses[200].content['application/json'].schema.additionalProperties, false)
  assert.equal(document.components.schemas.Problem.properties.code.type, 'string')
  for (const code of ['lesson.locked', 'request.invalid', 'database.busy', 'route.not_found']) {
    assert.ok(document['x-error-codes'].includes(code), code)
  }
  assert.equal(document.paths['/metrics'], undefined)
})

test('a body that is no JSON is described and left to its route', async () => {
  const document = (await app.inject({ url: '/openapi.json' })).json()
  assert.deepEqual(document.paths['/api/v1/reports'].post.requestBody.content, {
    'message/rfc822': { schema: { type: 'string', description: 'A mail' } },
  })
  const headers = { 'content-type': 'message/rfc822' }
  const reply = await app.inject({ method: 'POST', url: '/api/v1/reports', headers, payload: 'From: x' })
  assert.deepEqual(reply.json(), { length: 7 })
})

test('the reference page loads nothing from elsewhere, and its policy would not let it', async () => {
  const page = await app.inject({ url: '/docs/' })
  assert.equal(page.statusCode, 200)
  const assets = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!)
  assert.ok(assets.length > 3)
  for (const asset of assets) {
    assert.doesNotMatch(asset, /^(https?:)?\/\//, asset)
    assert.equal(
      (await app.inject({ url: new URL(asset, 'http://x/docs/').pathname })).statusCode,
      200,
      asset,
    )
  }
  const policy = String(page.headers['content-security-policy'])
  assert.match(
    policy,
    /default-src 'none'; base-uri 'none'; object-src 'none'; script-src 'self'; style-src 'self';/,
  )
  assert.match(policy, /frame-ancestors 'none'/)
  assert.doesNotMatch(policy, /unsafe|https?:/)
  assert.equal(page.headers['cross-origin-opener-policy'], 'same-origin')
  assert.match(String(page.headers['permissions-policy']), /camera=\(\)/)
})

test('live says that the process runs; ready says which part does not serve', async () => {
  assert.deepEqual((await app.inject({ url: '/health/live' })).json(), { status: 'live' })
  const ready = async () => {
    const reply = await app.inject({ url: '/health/ready' })
    return [reply.statusCode, reply.json()]
  }
  assert.deepEqual(await ready(), [200, { status: 'ready', checks: { database: 'ok', cache: 'ok' } }])
  cache = async () => {
    throw new Error('connect ECONNREFUSED 10.0.0.7:6379')
  }
  assert.deepEqual(await ready(), [
    200,
    { status: 'degraded', checks: { database: 'ok', cache: 'out of reach' } },
  ])
  database = () => Promise.reject(new NotReady('migrations at 10, expected 11'))
  assert.deepEqual(await ready(), [
    503,
    { status: 'not_ready', checks: { database: 'migrations at 10, expected 11', cache: 'out of reach' } },
  ])
  database = () => new Promise(() => {})
  assert.equal((await ready())[0], 503)
})

test('metrics count replies by route, and are for this machine or the token alone', async () => {
  await app.inject({ url: '/api/v1/modules/1/lessons', headers: asMember })
  await app.inject({ url: '/api/v1/none' })
  const text = (await app.inject({ url: '/metrics' })).body
  assert.match(
    text,
    /http_request_duration_seconds_count\{method="GET",route="\/api\/v1\/modules\/:id\/lessons",status="4xx"\} 1/,
  )
  assert.match(text, /http_request_duration_seconds_count\{method="\*",route="none",status="4xx"\} 1/)
  assert.match(text, /process_resident_memory_bytes \d+/)
  assert.equal((await app.inject({ url: '/metrics', remoteAddress: '203.0.113.9' })).statusCode, 403)
  assert.equal(
    (await app.inject({ url: '/metrics', headers: { 'x-forwarded-for': '203.0.113.9' } })).statusCode,
    403,
  )

  const config = readConfig({ NODE_ENV: 'test', LOG_LEVEL: 'silent', METRICS_TOKEN: 'secret-token' })
  const other = await serve(async () => {}, { config, metrics: createMetrics() })
  after(() => other.close())
  const scrape = (token: string) =>
    other.inject({
      url: '/metrics',
      remoteAddress: '203.0.113.9',
      headers: { authorization: `Bearer ${token}` },
    })
  assert.equal((await scrape('secret-token')).statusCode, 200)
  assert.equal((await scrape('secret-tokem')).statusCode, 403)
})
