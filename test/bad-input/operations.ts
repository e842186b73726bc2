import { randomUUID } from 'node:crypto'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Server } from '../../src/platform/http/index.ts'

/** A JSON schema as the API's document has it, as far as the tests look into it. */
export type Schema = TSchema & {
  type?: string
  format?: string
  minimum?: number
  enum?: unknown[]
  anyOf?: Schema[]
  items?: Schema
  required?: string[]
  properties?: Record<string, Schema>
}

export type Parameter = { in: 'path' | 'query'; name: string; schema: Schema }

export type Operation = {
  readonly name: string
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  readonly path: string
  readonly parameters: readonly Parameter[]
  readonly body: Schema | undefined
}

type Described = {
  parameters?: Parameter[]
  requestBody?: { content: Record<string, { schema: Schema }> }
}

/** Every operation of the API, as its document tells them: a new route is tried without being listed anywhere. */
export function operationsOf(server: Server): Operation[] {
  const { paths } = server.swagger() as { paths: Record<string, Record<Operation['method'], Described>> }
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody }]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method: method as Operation['method'],
      path,
      parameters,
      body: requestBody?.content['application/json']?.schema,
    })),
  )
}

/** The address with good values in its path, but for those given, which go in as they are. */
export function addressOf({ path, parameters }: Operation, given: Record<string, string> = {}): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const schema = parameters.find((one) => one.in === 'path' && one.name === name)?.schema
    return given[name] ?? encodeURIComponent(String(goodValue(schema ?? ({ type: 'string' } as Schema))))
  })
}

const WORDS = [
  'a-word-or-two',
  'amina@example.com',
  'KES',
  'KE',
  'Africa/Nairobi',
  '2026-03-01',
  '+254700000000',
  'en',
  '123456',
  'post:1',
  'community.comment_created',
  'x'.repeat(43),
]

/** A value that the schema takes, so that only what a test spoils is wrong. */
export function goodValue(schema: Schema): unknown {
  if (schema.enum) return schema.enum[0]
  if (schema.anyOf) return goodValue(schema.anyOf[0]!)
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        (schema.required ?? []).map((name) => [name, goodValue(schema.properties![name]!)]),
      )
    case 'array':
      return schema.items ? [goodValue(schema.items)] : []
    case 'integer':
    case 'number':
      return schema.minimum ?? 1
    case 'boolean':
      return true
    default:
      return goodText(schema)
  }
}

function goodText(schema: Schema): string {
  if (schema.format === 'uuid') return randomUUID()
  if (schema.format === 'date-time') return '2026-03-01T09:30:00Z'
  const word = WORDS.find((one) => accepts(schema, one))
  if (word === undefined) throw new Error(`No good value is known for ${JSON.stringify(schema)}; add one`)
  return word
}

const compiled = new WeakMap<Schema, ReturnType<typeof Compile>>()

export function accepts(schema: Schema, value: unknown): boolean {
  const validator = compiled.get(schema) ?? Compile(schema)
  compiled.set(schema, validator)
  return validator.Check(value)
}
