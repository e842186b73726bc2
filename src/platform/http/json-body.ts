import { isUtf8 } from 'node:buffer'
import type { FastifyInstance } from 'fastify'
import { AppError, badRequest } from '../errors.ts'
import { badTextPointer, mayHideBadText } from './text.ts'

/** Makes application/json the only body that the server reads: 415 for the rest, 400 for what is not JSON. */
export function acceptJsonOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, parse(body as Buffer)) // parseAs: 'buffer' makes it one
    } catch (error) {
      done(error as Error) // parse throws AppError alone
    }
  })
}

function parse(body: Buffer): unknown {
  if (body.length === 0) return undefined
  if (!isUtf8(body)) throw badRequest('request.invalid_text', 'The body is not valid UTF-8.')
  const source = body.toString()
  const value = parseJson(source)
  if (!mayHideBadText(source)) return value
  const pointer = badTextPointer(value)
  if (pointer === undefined) return value
  const detail = 'A text holds NUL, half of a surrogate pair, or a name that is not allowed.'
  throw new AppError(400, 'request.invalid_text', detail, { errors: [{ pointer, code: 'text', detail }] })
}

function parseJson(source: string): unknown {
  try {
    return JSON.parse(source)
  } catch {
    throw new AppError(400, 'request.invalid_json', 'The body is not valid JSON.')
  }
}
