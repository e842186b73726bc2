import { hash } from 'node:crypto'
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { notFound } from '../errors.ts'
import { matchesTag } from '../http/send.ts'
import { isStorageKey, type Storage } from './storage.ts'

/** What stands below it may be read by everybody, under `mediaPath(key)`; nothing else is ever served there. */
export const PUBLIC_PREFIX = 'public/'

const MOUNTED_AT = '/media'

/** The path of a public file, relative to PUBLIC_URL: the one place that makes addresses of keys. */
export function mediaPath(key: string): string {
  return `${MOUNTED_AT}/${key}`
}

const Params = Type.Object({ '*': Type.String({ maxLength: 500 }) }, { additionalProperties: false })

/** A key is never written twice, so its file may be kept for ever, by anybody between. */
const HEADERS = {
  'cache-control': 'public, max-age=31536000, immutable',
  'content-security-policy': "default-src 'none'; sandbox",
  'cross-origin-resource-policy': 'cross-origin',
  'x-content-type-options': 'nosniff',
}

/** Serves the public files, from wherever they are stored, under `/media`. */
export function publicFiles(storage: Storage) {
  const routes: FastifyPluginAsyncTypebox = async (app) => {
    app.get(
      '/*',
      {
        config: { access: 'public', session: 'ignored', errors: ['file.not_found', 'storage.unavailable'] },
        schema: { hide: true, params: Params },
      },
      async (request, reply) => {
        const key = request.params['*']
        if (!isStorageKey(key) || !key.startsWith(PUBLIC_PREFIX)) throw notFound('file')
        const tag = `"${hash('sha1', key, 'base64url')}"`
        const isKnown = matchesTag(request.headers['if-none-match'], tag)
        const file = isKnown ? await storage.head(key) : await storage.get(key)
        if (!file) throw notFound('file')
        reply.headers(HEADERS).header('etag', tag)
        if (!('body' in file)) return reply.code(304).send()
        return reply
          .header('content-type', file.contentType)
          .header('content-length', file.size)
          .send(file.body)
      },
    )
  }
  return { prefix: MOUNTED_AT, routes }
}
