import assert from 'node:assert/strict'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { Problem, type Server } from '../platform/http/index.ts'

type Told = { method: string; url: string; status: number; body: unknown; type: string }
type Operation = { responses?: Record<string, { content?: Record<string, { schema?: TSchema }> }> }
type Document = { paths?: Record<string, Record<string, Operation>> }
type Validator = ReturnType<typeof Compile>

const checkers = new WeakMap<Server, (told: Told) => void>()

/**
 * Compares replies with the API's own document, for replies that leave as text from PostgreSQL pass no serializer:
 * the body matches the schema of its route and status, and every error is a problem.
 */
export function replyChecker(server: Server): (told: Told) => void {
  const known = checkers.get(server) ?? makeChecker(server.swagger() as Document)
  checkers.set(server, known)
  return known
}

function makeChecker({ paths = {} }: Document): (told: Told) => void {
  const problem = Compile(Problem)
  const compiled = new Map<string, Validator>()
  const patterns = Object.keys(paths)
    .sort(staticFirst)
    .map((path) => ({ path, pattern: patternOf(path) }))
  return (told) => {
    const place = `${told.method} ${told.url} → ${told.status}`
    if (told.status >= 400) return mustMatch(problem, told.body, place)
    const path = patterns.find(({ pattern }) => pattern.test(told.url.split('?')[0]!))?.path
    const operation = path === undefined ? undefined : paths[path]?.[told.method.toLowerCase()]
    if (!operation) return // A page for people, or a route that hides from the document.
    if (told.status === 304) return assert.equal(told.body, undefined, `${place}: not modified has no body`)
    const content = operation.responses?.[told.status]?.content
    const schema = content?.['application/json']?.schema
    if (told.body === undefined) return assert.equal(schema, undefined, `${place}: a body was promised`)
    assert.ok(schema, `${place}: the document has no reply of this status`)
    const key = `${path} ${told.method} ${told.status}`
    const validator = compiled.get(key) ?? Compile(schema)
    compiled.set(key, validator)
    mustMatch(validator, told.body, place)
  }
}

function mustMatch(validator: Validator, body: unknown, place: string): void {
  if (validator.Check(body)) return
  const faults = validator
    .Errors(body)
    .map(({ instancePath, message }) => `  ${instancePath || '/'} ${message}`)
  assert.fail(
    `${place}: the reply does not match its schema\n${faults.join('\n')}\n${JSON.stringify(body).slice(0, 500)}`,
  )
}

function staticFirst(a: string, b: string): number {
  return a.split('{').length - b.split('{').length || a.localeCompare(b)
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{[^}]+\}/g, '[^/]+')}$`)
}
