import type { FastifySchemaCompiler } from 'fastify'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { Settings } from 'typebox/system'
import type { FieldError } from '../errors.ts'
import { clipToLimits } from './clip.ts'
import { queryReader } from './query.ts'
import { escapePointer } from './text.ts'

const MOST_ERRORS = 50
Settings.Set({ maxErrors: 2 * MOST_ERRORS }) // of the library's own, some of which we do not repeat; its default is 8

/** Where a pointer starts: a body's at its own root, since that is what most errors are about. */
const ROOTS: Readonly<Record<string, string>> = {
  querystring: '/query',
  params: '/path',
  headers: '/headers',
}

/** 400 `request.invalid` with one entry a fault: pointer, the rule that was broken, and a sentence that names the field. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused'
  readonly status = 400
  readonly code = 'request.invalid'
  readonly detail = 'The request does not have the form that this route takes.'
  readonly errors: readonly FieldError[]

  constructor(errors: readonly FieldError[]) {
    super(errors.map((error) => `${error.pointer} ${error.code}`).join(', '))
    this.errors = errors
  }
}

/**
 * Compiles a route's schema once. Bodies are taken as they are; the texts of a query or path become numbers and
 * booleans where the schema asks for them. The list of faults is made only when there is one.
 */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart = 'body' }) => {
  const validator = Compile(schema)
  const root = ROOTS[httpPart] ?? ''
  const read = httpPart === 'body' ? undefined : queryReader(schema)
  return (received: unknown) => {
    const value = read === undefined ? received : read(received)
    if (validator.Check(value)) return { value }
    const faults = validator.Errors(clipToLimits(schema, value))
    return { error: new RequestRefused(fieldErrors(faults, { schema, root })) }
  }
}

/** Of which part of a request, and where its pointers start. */
type Part = { readonly schema: TSchema; readonly root: string }
type Fault = ReturnType<ReturnType<typeof Compile>['Errors']>[number]

/** Says each fault once, at the place of the field: a missing or unknown one has its own pointer. */
function fieldErrors(faults: readonly Fault[], part: Part): FieldError[] {
  return faults
    .filter((fault) => !isNoise(fault, faults))
    .flatMap((fault) => errorsOf(fault, faults, part))
    .slice(0, MOST_ERRORS)
}

/** The branches of a choice repeat what the choice says; a choice repeats what a fault inside it says better. */
function isNoise(fault: Fault, faults: readonly Fault[]): boolean {
  if (fault.keyword === 'boolean') return true
  if (isBranch(fault)) return true
  const isChoice = fault.keyword === 'anyOf' || fault.keyword === 'oneOf'
  return isChoice && faults.some((other) => isInside(other, fault) && !isBranch(other))
}

function isBranch(fault: Fault): boolean {
  return (
    (fault.keyword === 'const' || fault.keyword === 'type') && /\/(anyOf|oneOf)\/\d+$/.test(fault.schemaPath)
  )
}

function isInside(fault: Fault, choice: Fault): boolean {
  return fault !== choice && fault.schemaPath.startsWith(`${choice.schemaPath}/`)
}

function errorsOf(fault: Fault, faults: readonly Fault[], part: Part): FieldError[] {
  const at = part.root + fault.instancePath
  const params = fault.params as Readonly<Record<string, unknown>>
  switch (fault.keyword) {
    case 'required':
      return names(params.requiredProperties).map((name) => ofChild(at, name, 'required', 'is required'))
    case 'additionalProperties':
      return names(params.additionalProperties).map((name) =>
        ofChild(at, name, 'unknown', 'is not known here'),
      )
    case 'anyOf':
      return [
        { pointer: at, code: 'choice', detail: `${fieldName(at)} must be one of ${choices(fault, faults)}` },
      ]
    default:
      return [
        { pointer: at, code: fault.keyword, detail: `${fieldName(at)} ${sentenceOf(fault, part.schema)}` },
      ]
  }
}

function ofChild(parent: string, name: string, code: string, says: string): FieldError {
  const short = name.slice(0, 100)
  return { pointer: `${parent}/${escapePointer(short)}`, code, detail: `${short} ${says}` }
}

/** What it may be: the words, or the types where it is not a choice of words. */
function choices(choice: Fault, faults: readonly Fault[]): string {
  const branches = faults.filter((fault) => isInside(fault, choice))
  const words = branches.filter((fault) => fault.keyword === 'const')
  const said = words.length > 0 ? words : branches
  return said.map((fault) => String(Object.values(fault.params)[0])).join(', ')
}

/** An example says what a regular expression, or our name of a form, tells nobody. */
function sentenceOf(fault: Fault, schema: TSchema): string {
  if (fault.keyword === 'const') return `must be ${JSON.stringify(fault.params.allowedValue)}`
  if (fault.keyword !== 'pattern' && fault.keyword !== 'format') return fault.message
  const { examples, description } = ruleAt(schema, fault.schemaPath)
  if (Array.isArray(examples)) return `does not have the form of ${examples.join(' or ')}`
  return `does not have the right form${typeof description === 'string' ? `: ${description}` : ''}`
}

/** The rule at `#/properties/email`. */
function ruleAt(schema: TSchema, path: string): Readonly<Record<string, unknown>> {
  const rule = path
    .split('/')
    .slice(1)
    .reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], schema)
  return (rule ?? {}) as Readonly<Record<string, unknown>>
}

function names(value: unknown): string[] {
  return Array.isArray(value) ? value.slice(0, MOST_ERRORS).map(String) : []
}

function fieldName(pointer: string): string {
  const name = pointer.slice(pointer.lastIndexOf('/') + 1)
  return name === '' ? 'The body' : name
}
