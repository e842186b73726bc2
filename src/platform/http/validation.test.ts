import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Type } from 'typebox'
import { Closed, PageQuery, Uuid } from './schemas.ts'
import { serve } from './server-under-test.ts'

const Body = Closed({
  title: Type.String({ minLength: 1, maxLength: 10 }),
  level: Type.Optional(Type.Union([Type.Literal('easy'), Type.Literal('hard')])),
  tags: Type.Optional(Type.Array(Closed({ name: Type.String() }))),
  mail: Type.Optional(
    Type.String({ pattern: '^[^@]+@[^@]+\\.[^@]{2,}$', maxLength: 255, examples: ['amina@example.com'] }),
  ),
  code: Type.Optional(
    Type.Union([Type.String({ pattern: '^\\d{6}$', description: 'Six digits' }), Type.Null()]),
  ),
  agreed: Type.Optional(Type.Literal(true)),
  words: Type.Optional(Type.Array(Type.String(), { maxItems: 10, uniqueItems: true })),
  extra: Type.Optional(Type.Unknown()),
})

const app = await serve(async (api) => {
  const config = { access: 'public', session: 'ignored' } as const
  api.post('/things', { config, schema: { body: Body } }, (request) => ({ got: request.body }))
  const querystring = PageQuery({
    tag: Type.Optional(Type.Array(Type.String())),
    own: Type.Optional(Type.Boolean()),
  })
  api.get('/things', { config, schema: { querystring } }, (request) => ({ got: request.query }))
  api.get('/things/:id', { config, schema: { params: Closed({ id: Uuid }) } }, (request) => ({
    got: request.params,
  }))
})
after(() => app.close())

async function post(payload: string | Buffer, type = 'application/json') {
  const reply = await app.inject({
    method: 'POST',
    url: '/api/v1/things',
    payload,
    headers: { 'content-type': type },
  })
  return { status: reply.statusCode, media: reply.headers['content-type'], ...reply.json() }
}

async function get(url: string) {
  const reply = await app.inject({ url: `/api/v1/things${url}` })
  return { status: reply.statusCode, ...reply.json() }
}

const pointers = (reply: { errors: { pointer: string; code: string }[] }) =>
  reply.errors.map((error) => `${error.pointer} ${error.code}`)

test('every fault of a body is named at its field, once', async () => {
  const reply = await post('{"level":"odd","tags":[{"name":"a"},{"name":1,"x/y":2}],"colour":"red"}')
  assert.equal(reply.status, 400)
  assert.equal(reply.media, 'application/problem+json; charset=utf-8')
  assert.equal(reply.code, 'request.invalid')
  assert.deepEqual(pointers(reply).sort(), [
    '/colour unknown',
    '/level choice',
    '/tags/1/name type',
    '/tags/1/x~1y unknown',
    '/title required',
  ])
  assert.match(JSON.stringify(reply.errors), /level must be one of easy, hard/)
})

test('a fault says what is asked for in words, not by a regular expression or the name of a type', async () => {
  const reply = await post('{"title":"a","mail":"amina","code":"12","agreed":false,"level":3}')
  assert.deepEqual(
    reply.errors.map((error: { detail: string }) => error.detail),
    [
      'level must be one of easy, hard',
      'mail does not have the form of amina@example.com',
      'code does not have the right form: Six digits',
      'agreed must be true',
    ],
  )
})

test('a body is never coerced', async () => {
  for (const body of ['{"title":12}', '{"title":null}', '[]', '"x"', 'null', '12']) {
    assert.equal((await post(body)).code, 'request.invalid', body)
  }
})

test('what is not JSON, not UTF-8 or not announced as JSON has its own code', async () => {
  for (const body of ['{"title":', '{title:1}', '{"title":"a"} x', "{'a':1}"]) {
    assert.deepEqual(
      [(await post(body)).status, (await post(body)).code],
      [400, 'request.invalid_json'],
      body,
    )
  }
  assert.equal((await post(Buffer.from([0x22, 0xff, 0x22]))).code, 'request.invalid_text')
  for (const type of ['text/plain', 'application/xml', 'multipart/form-data; boundary=x', 'nonsense']) {
    const reply = await post('{"title":"a"}', type)
    assert.deepEqual([reply.status, reply.code], [415, 'request.unsupported_media_type'], type)
  }
  assert.equal((await post('')).code, 'request.invalid')
})

test('NUL and lone surrogates are refused wherever a body can hide them', async () => {
  for (const bad of ['\\u0000', 'a\\u0000b', '\\ud800', 'x\\udfff', '\\ude00\\ud83d']) {
    for (const body of [
      `{"title":"${bad}"}`,
      `{"title":"a","extra":{"deep":[{"k":"${bad}"}]}}`,
      `{"title":"a","extra":{"${bad}":1}}`,
    ]) {
      const reply = await post(body)
      assert.deepEqual([reply.status, reply.code], [400, 'request.invalid_text'], body)
    }
  }
  assert.deepEqual((await post('{"title":"\\ud83d\\ude00 \\u00e9"}')).got, { title: '😀 é' })
})

test('a key named __proto__ and a body nested without end are refused', async () => {
  assert.equal((await post('{"title":"a","extra":{"__proto__":{"admin":true}}}')).status, 400)
  const deep = `${'['.repeat(5000)}"\\u0041"${']'.repeat(5000)}`
  assert.equal((await post(`{"title":"a","extra":${deep}}`)).status, 400)
})

test('NUL and broken encodings in a path or query are 400', async () => {
  for (const url of ['?cursor=%00', '?cursor=%ED%A0%80', '?cursor=%', '/%00', '/%E0%A4%A', '/%ED%A0%80']) {
    const reply = await get(url)
    assert.equal(reply.status, 400, url)
    assert.match(reply.code, /^request\.invalid_(text|url)$/, url)
  }
})

test('a query becomes what its schema asks for, exactly', async () => {
  assert.deepEqual((await get('?limit=5&own=true&tag=a')).got, { limit: 5, own: true, tag: ['a'] })
  assert.deepEqual((await get('?tag=a&tag=b')).got, { limit: 20, tag: ['a', 'b'] })
  for (const query of [
    'limit=5x',
    'limit=',
    'limit=1e1',
    'limit=0',
    'limit=101',
    'limit=5.0',
    'limit=-1',
    'limit=99999999999999999999',
    'limit=1&limit=2',
    'own=1',
    'cursor=a&cursor=b',
    'colour=red',
    '__proto__=1',
    'constructor=1',
  ]) {
    assert.equal((await get(`?${query}`)).code, 'request.invalid', query)
  }
  assert.deepEqual(pointers(await get('?limit=x&colour=red')).sort(), [
    '/query/colour unknown',
    '/query/limit type',
  ])
})

test('an id that is no UUID is 400 under its name, a very long one 414', async () => {
  const reply = await get('/12')
  assert.deepEqual([reply.status, reply.code, pointers(reply)], [400, 'request.invalid', ['/path/id format']])
  assert.equal((await get(`/${'x'.repeat(300)}`)).status, 414)
  assert.equal((await get(`?cursor=${'x'.repeat(9000)}`)).status, 414)
})

test('a text or list beyond its limit is refused at once, whatever else its rules would cost', async () => {
  const began = performance.now()
  const mail = await post(JSON.stringify({ title: 'a', mail: `a@${'.a'.repeat(250_000)}@` }))
  assert.deepEqual(pointers(mail), ['/mail maxLength'])
  const words = await post(
    JSON.stringify({ title: 'a', words: Array.from({ length: 80_000 }, (_, n) => String(n)) }),
  )
  assert.deepEqual(pointers(words), ['/words maxItems'])
  assert.ok(performance.now() - began < 2000, `${performance.now() - began} ms`)
})
