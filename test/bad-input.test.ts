import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Client, clientOf, type Reply, signIn, startApp, type TestApp } from '../src/testing/client.ts'
import { createTestDatabase, type TestDatabase } from '../src/testing/database.ts'
import {
  makeCoach,
  makeEnrollment,
  makeEvent,
  makeLesson,
  makeModule,
  makePost,
  makeProgram,
  makeTag,
  makeUser,
} from '../src/testing/factories.ts'
import { accepts, addressOf, goodValue, type Operation, operationsOf } from './bad-input/operations.ts'

/** Against every operation of the API: what no client should send is refused by a stable code, and nothing breaks. */

const JSON_TYPE = { 'content-type': 'application/json' }
const LONG = 'x'.repeat(10_000)
const MEGABYTE = 1_048_576

const VALUES: readonly unknown[] = [
  null,
  true,
  [],
  [[]],
  {},
  { a: { b: [] } },
  -1,
  0,
  1.5,
  1e308,
  -1e308,
  2 ** 53,
  '',
  ' ',
  LONG,
  '9'.repeat(40),
  '-1',
  'NaN',
  '\\',
  "'; DROP TABLE users; --",
  '%s{{7*7}}<%= 7 %>',
  '\u202e\ufeff',
  '0000-00-00',
  'infinity',
]
const UNSTORABLE = ['\0', 'a\0b', '\ud800', 'a\udfff']

const BODIES: readonly (readonly [name: string, body: string | Buffer, headers?: Record<string, string>])[] =
  [
    ['nothing', ''],
    ['half a JSON', '{"a":'],
    ['null', 'null'],
    ['a list', '[]'],
    ['a text', '"x"'],
    ['a number', '1'],
    ['an unknown field', '{"nobody_knows_this":1}'],
    ['a prototype', '{"__proto__":{"a":1},"constructor":{"prototype":{"a":1}}}'],
    ['ten thousand levels', `${'['.repeat(10_000)}${']'.repeat(10_000)}`],
    ['bytes that are no text', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
    ['a megabyte', JSON.stringify({ x: 'x'.repeat(MEGABYTE - 8) })],
    ['more than a megabyte', JSON.stringify({ x: 'x'.repeat(MEGABYTE) })],
    ['a form', 'a=1', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['plain text', '{}', { 'content-type': 'text/plain' }],
    ['a type that is none', '{}', { 'content-type': 'x' }],
  ]

const PATH_PARTS = [
  'x',
  '-1',
  '9'.repeat(40),
  '..%2f..%2fetc',
  '%00',
  'a%00b',
  '%ED%A0%80',
  '%',
  '%27%20OR%201%3D1',
  LONG,
]
const QUERY_TEXTS = ['%00', 'a%00b', '%ED%A0%80', '%']

describe('what no client should send', () => {
  let database: TestDatabase
  let app: TestApp
  let operations: Operation[]
  /** What the paths name, so that a request that is taken goes all the way. */
  let known: Record<string, string>
  before(async () => {
    database = await createTestDatabase()
    known = await furnish(database)
    // Nobody tries a form four hundred times a minute; what it answers is what is asked here.
    app = await startApp(database, { env: { RATE_LIMITS: 'off' } })
    operations = operationsOf(app.server)
  })
  after(async () => {
    await app.close()
    await database.close()
  })

  /** A stranger, and someone who may do everything; new for each operation, since one of them signs out. */
  const readers = async () => {
    const user = await makeUser(database.owner, {}, 'coach', 'partner', 'admin', 'super_admin')
    await makeEnrollment(database.owner, user.id, known.program_id!)
    return [clientOf(app), await signIn(app, user)]
  }

  test('as a body', async () => {
    for (const operation of operations.filter(({ body }) => body)) {
      for (const client of await readers()) {
        for (const [what, body, headers = JSON_TYPE] of BODIES) {
          refused(
            await send(client, operation, { body, headers, path: known }),
            `${operation.name} with ${what}`,
          )
        }
      }
    }
  })

  test('in a field of a body', async () => {
    for (const operation of operations) {
      const fields = Object.entries(operation.body?.properties ?? {})
      if (fields.length === 0) continue
      for (const client of await readers()) {
        for (const [name, schema] of fields) {
          const good = goodValue(operation.body!) as Record<string, unknown>
          for (const value of VALUES) {
            const reply = await send(client, operation, { ...json({ ...good, [name]: value }), path: known })
            const place = `${operation.name} with ${name} = ${JSON.stringify(value)?.slice(0, 60)}`
            if (accepts(schema, value)) survived(reply, place)
            else refused(reply, place)
          }
          for (const value of UNSTORABLE) {
            const reply = await send(client, operation, { ...json({ ...good, [name]: value }), path: known })
            refused(reply, `${operation.name} with ${name} = ${JSON.stringify(value)}`, [400, 401])
          }
        }
      }
    }
  })

  test('in a path', async () => {
    for (const operation of operations) {
      const names = operation.parameters.filter((one) => one.in === 'path').map(({ name }) => name)
      if (names.length === 0) continue
      const good = operation.body && json(goodValue(operation.body))
      for (const client of await readers()) {
        for (const name of names) {
          for (const part of PATH_PARTS) {
            const reply = await send(client, operation, { ...good, path: { ...known, [name]: part } })
            survived(reply, `${operation.name} with ${name} = ${part.slice(0, 60)}`)
            if (!/^[\w-]*$/.test(part)) refused(reply, `${operation.name} with ${name} = ${part}`)
          }
        }
        survived(await send(client, operation, { ...good }), `${operation.name} of what is unknown`)
      }
    }
  })

  test('in a query', async () => {
    for (const operation of operations.filter(({ method }) => method === 'get')) {
      const fields = operation.parameters.filter((one) => one.in === 'query')
      for (const client of await readers()) {
        for (const { name } of fields) {
          for (const text of [...VALUES.filter(isText).map(encodeURIComponent), ...QUERY_TEXTS]) {
            const reply = await send(client, operation, { query: `${name}=${text}`, path: known })
            survived(reply, `${operation.name}?${name}=${text.slice(0, 60)}`)
            if (QUERY_TEXTS.includes(text)) refused(reply, `${operation.name}?${name}=${text}`)
          }
          const twice = await send(client, operation, { query: `${name}=1&${name}=2` })
          survived(twice, `${operation.name}?${name} twice`)
        }
        if (fields.length === 0) continue
        const unknown = await send(client, operation, { query: 'nobody_knows_this=1' })
        refused(unknown, `${operation.name} with an unknown query`)
        const many = await send(client, operation, { query: 'a=1&'.repeat(1900) })
        refused(many, `${operation.name} with a long query`)
      }
    }
  })
})

async function furnish({ owner }: TestDatabase): Promise<Record<string, string>> {
  const slug = 'known-to-all'
  await makeEvent(owner, { slug })
  const { program_id } = await makeProgram(owner, { slug })
  const { module_id } = await makeModule(owner, program_id!)
  const { lesson_id } = await makeLesson(owner, module_id!)
  const { post_id } = await makePost(owner)
  const { tag_id } = await makeTag(owner)
  const { id, row } = await makeCoach(owner)
  return {
    slug,
    program_id: program_id!,
    module_id: module_id!,
    lesson_id: lesson_id!,
    post_id: post_id!,
    tag_id: tag_id!,
    username: row.username!,
    person: row.username!,
    user_id: id,
  }
}

type Sent = {
  body?: string | Buffer
  headers?: Record<string, string>
  path?: Record<string, string>
  query?: string
}

function send(
  client: Client,
  operation: Operation,
  { body, headers, path, query }: Sent,
): Promise<Reply<Code>> {
  const url = addressOf(operation, path) + (query === undefined ? '' : `?${query}`)
  const { method } = operation
  if (method === 'get' || method === 'delete') return client[method](url, headers)
  return client[method](url, body, headers)
}

/** JSON with its escapes, as a client in another language would write it. */
function json(value: unknown): Sent {
  const body = JSON.stringify(value).replaceAll('\0', '\\u0000')
  return { body, headers: JSON_TYPE }
}

type Code = { readonly code?: string }

function survived({ status, body, text }: Reply<Code>, place: string): void {
  assert.ok(status < 500, `${place} → ${status} ${text.slice(0, 300)}`)
  if (status >= 400) assert.match(String(body.code), /^[a-z_]+\.[a-z_]+$/, place)
}

function refused(reply: Reply<Code>, place: string, statuses?: readonly number[]): void {
  survived(reply, place)
  assert.ok(reply.status >= 400, `${place} → ${reply.status}`)
  if (statuses) assert.ok(statuses.includes(reply.status), `${place} → ${reply.status}`)
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}
