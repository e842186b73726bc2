import type { Readable } from 'node:stream'
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyReply } from 'fastify'
import { AppError, notFound } from '../errors.ts'
import { parseRange } from './byte-range.ts'
import type { LocalStorage } from './local.ts'
import type { OpenFile } from './local-files.ts'
import { contentDisposition, isStorageKey, type Storage } from './storage.ts'
import { readUploadForm } from './upload-form.ts'

const DownloadParams = Type.Object({ '*': Type.String({ maxLength: 500 }) }, { additionalProperties: false })

const DownloadQuery = Type.Object(
  {
    expires: Type.Integer({ minimum: 0 }),
    signature: Type.String({ maxLength: 100 }),
    filename: Type.Optional(Type.String({ maxLength: 500 })),
  },
  { additionalProperties: false },
)

/**
 * Serves the local twin's uploads and downloads, to be mounted at /storage; nothing where files are in S3, so that it
 * can always be mounted. The signature in the URL or form is the only right that counts.
 */
export function localStorageRoutes(storage: Storage): FastifyPluginAsyncTypebox {
  return async (app) => {
    if (!isLocal(storage)) return
    const { files, urls } = storage
    // The body stays in the request, for the form's parser.
    app.addContentTypeParser('multipart/form-data', (_request, _payload, done) => done(null))

    app.post('/', { config: { access: 'public' }, schema: { hide: true } }, async (request, reply) => {
      try {
        await readUploadForm(request.raw, async (fields, file) => {
          const { key, contentType, maxBytes } = urls.checkUpload(fields)
          await files.write(key, contentType, bounded(file, maxBytes))
        })
      } catch (error) {
        // What is left of the body is not worth reading.
        if (!request.raw.complete) reply.header('connection', 'close')
        throw error
      }
      return reply.code(204).send()
    })

    app.get(
      '/*',
      {
        config: { access: 'public' },
        schema: { hide: true, params: DownloadParams, querystring: DownloadQuery },
      },
      async (request, reply) => {
        const key = request.params['*']
        const secondsLeft = urls.checkDownload(key, request.query)
        const file = isStorageKey(key) ? await files.open(key) : null
        if (!file) throw notFound('file')
        const { filename } = request.query
        if (filename !== undefined) reply.header('content-disposition', contentDisposition(filename))
        reply.header('cache-control', `private, max-age=${secondsLeft}`)
        const range = request.headers['if-range'] === undefined ? request.headers.range : undefined
        return sendFile(reply, file, range)
      },
    )
  }
}

function isLocal(storage: Storage): storage is LocalStorage {
  return 'files' in storage
}

/** Refuses an empty file too, as S3's policy does; the length that a client announces is not believed. */
async function* bounded(file: Readable, maxBytes: number): AsyncIterable<Uint8Array> {
  let bytes = 0
  for await (const chunk of file) {
    bytes += chunk.length
    if (bytes > maxBytes)
      throw new AppError(413, 'storage.file_too_large', `The file is larger than ${maxBytes} bytes.`)
    yield chunk
  }
  if (bytes === 0) throw new AppError(400, 'storage.file_empty', 'The file is empty.')
}

/** Uploads are strangers' bytes on our own origin: the browser must neither guess their type nor run them. */
async function sendFile(reply: FastifyReply, file: OpenFile, rangeHeader: string | undefined) {
  const range = parseRange(rangeHeader, file.size)
  reply
    .header('accept-ranges', 'bytes')
    .header('content-type', file.contentType)
    .header('x-content-type-options', 'nosniff')
    .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox")
  if (range === 'unsatisfiable') {
    await file.close()
    return reply.code(416).header('content-range', `bytes */${file.size}`).send()
  }
  if (range === null) return reply.header('content-length', file.size).send(file.read())
  const { first, last } = range
  return reply
    .code(206)
    .header('content-range', `bytes ${first}-${last}/${file.size}`)
    .header('content-length', last - first + 1)
    .send(file.read(first, last))
}
