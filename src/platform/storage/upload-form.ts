import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { Busboy, type BusboyInstance } from '@fastify/busboy'
import { badRequest } from '../errors.ts'

type Fields = Record<string, string>

/** A policy of 4 kB is four times the largest; S3 wants its file last too, so later fields are not waited for. */
const LIMITS = { fields: 20, fieldNameSize: 100, fieldSize: 4096, files: 1, parts: 21, headerPairs: 20 }

/**
 * Reads a form of policy fields and one file (RFC 7578). `receive` gets the fields that came before the file, and the
 * file's bytes as they arrive; what it throws ends the reading. Throws 400 `storage.form_invalid` when the form is none.
 * The request itself is never destroyed, so that a refusal can still be answered.
 */
export async function readUploadForm(
  request: IncomingMessage,
  receive: (fields: Fields, file: Readable) => Promise<void>,
): Promise<void> {
  const form = openForm(request)
  const outcome = Promise.withResolvers<void>()
  const fields: Fields = {}
  let received: Promise<void> | undefined
  let broken = () => outcome.reject(invalid())

  form.on('field', (name, value) => {
    fields[name] = value
  })
  form.on('file', (_name, file) => {
    let failure: Error | undefined
    // The parser only tells of a cut file; destroyed, it also tells a reader who has not begun yet.
    file.on('error', (error) => {
      failure = error
      file.destroy(error)
    })
    received = receive({ ...fields }, file)
    received.catch((error: unknown) => outcome.reject(error === failure ? invalid() : error))
    broken = () => file.destroy(invalid())
  })
  form.on('error', () => broken())
  form.on('finish', () => (received ? outcome.resolve(received) : outcome.reject(invalid())))
  request.on('close', () => request.complete || broken())
  request.pipe(form)
  try {
    await outcome.promise
  } finally {
    request.unpipe(form)
    // Whatever was begun is cleaned up before the answer.
    await received?.catch(() => undefined)
  }
}

function openForm(request: IncomingMessage): BusboyInstance {
  try {
    const { 'content-type': contentType = '', ...headers } = request.headers
    return new Busboy({ headers: { ...headers, 'content-type': contentType }, limits: LIMITS })
  } catch {
    throw invalid()
  }
}

function invalid() {
  return badRequest(
    'storage.form_invalid',
    'Expected is a multipart/form-data form whose last part is one file.',
  )
}
