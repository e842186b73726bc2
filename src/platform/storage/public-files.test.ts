import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import Fastify, { type FastifyInstance } from 'fastify'
import { readConfig } from '../config.ts'
import { errorHandler } from '../http/error-handler.ts'
import { validatorCompiler } from '../http/validation.ts'
import { createLog } from '../log.ts'
import { createLocalStorage, type LocalStorage } from './local.ts'
import { mediaPath, publicFiles } from './public-files.ts'

describe('public files', () => {
  let dataDir: string
  let app: FastifyInstance
  let storage: LocalStorage
  const key = 'public/photos/one/256.webp'

  before(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), 'bcn-public-'))
    storage = createLocalStorage({
      dataDir,
      secretKey: 'a secret that only this test knows',
      baseUrl: '/storage',
    })
    await storage.put(key, Buffer.from('a picture'), 'image/webp')
    await storage.put('uploads/one', Buffer.from('an original'), 'text/html')
    await storage.put('publicity', Buffer.from('private'), 'text/plain')
    app = Fastify()
    app.setValidatorCompiler(validatorCompiler)
    app.setErrorHandler(errorHandler(createLog(readConfig({ NODE_ENV: 'test', LOG_LEVEL: 'silent' }))))
    const { prefix, routes } = publicFiles(storage)
    await app.register(routes, { prefix })
    await app.listen({ port: 0, host: '127.0.0.1' })
  })
  after(async () => {
    await app.close()
    await rm(dataDir, { recursive: true })
  })

  test('are served to everybody, to be kept for ever, as what they are and nothing more', async () => {
    const reply = await app.inject(mediaPath(key))
    assert.deepEqual([reply.statusCode, reply.body], [200, 'a picture'])
    assert.equal(mediaPath(key), `/media/${key}`)
    const { headers } = reply
    assert.equal(headers['content-type'], 'image/webp')
    assert.equal(headers['content-length'], '9')
    assert.equal(headers['cache-control'], 'public, max-age=31536000, immutable')
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.equal(headers['content-security-policy'], "default-src 'none'; sandbox")
    assert.equal(headers['cross-origin-resource-policy'], 'cross-origin')
  })

  test('are not sent again to who has them, and can be asked about', async () => {
    const { headers } = await app.inject(mediaPath(key))
    const etag = String(headers.etag)
    assert.match(etag, /^"[\w-]+"$/)
    for (const known of [etag, `"other", W/${etag}`, '*']) {
      const reply = await app.inject({ url: mediaPath(key), headers: { 'if-none-match': known } })
      assert.deepEqual([reply.statusCode, reply.body, reply.headers.etag], [304, '', etag])
    }
    const other = await app.inject({ url: mediaPath(key), headers: { 'if-none-match': '"other"' } })
    assert.equal(other.statusCode, 200)
    const head = await app.inject({ method: 'HEAD', url: mediaPath(key) })
    assert.deepEqual([head.statusCode, head.headers['content-length'], head.body], [200, '9', ''])
  })

  test('are not there when they are gone, even for who has them', async () => {
    for (const headers of [{}, { 'if-none-match': '*' }]) {
      const reply = await app.inject({ url: mediaPath('public/photos/two/256.webp'), headers })
      assert.deepEqual([reply.statusCode, reply.json().code], [404, 'file.not_found'])
      assert.equal(reply.headers['cache-control'], 'no-store')
    }
  })

  test('end where `public/` ends, whatever the spelling', async () => {
    await writeFile(path.join(dataDir, 'secret-key~'), 'x'.repeat(300))
    const paths = [
      'uploads/one',
      'publicity',
      'public/../uploads/one',
      'public/..%2fuploads/one',
      'public/%2e%2e/uploads/one',
      'public/%2e%2e%2f%2e%2e%2fsecret-key',
      'public//photos/one/256.webp',
      './public/photos/one/256.webp',
      'PUBLIC/photos/one/256.webp',
      'public/photos/one/256.webp%00',
      'public/photos/one/256.webp~',
      'public',
      'public/',
      '',
      '%2fetc/passwd',
      `public/${'a'.repeat(600)}`,
    ]
    // As they are written: `inject` and `fetch` would walk the dots themselves.
    for (const name of paths) {
      const status = await statusOf(`/media/${name}`)
      assert.ok([400, 404, 414].includes(status), `${name} → ${status}`)
    }
    assert.equal(await statusOf(mediaPath(key)), 200)
  })

  function statusOf(path: string): Promise<number> {
    const { port } = app.server.address() as AddressInfo
    return new Promise((resolve, reject) => {
      const request = http.get({ host: '127.0.0.1', port, path }, (reply) => {
        reply.resume()
        resolve(reply.statusCode ?? 0)
      })
      request.on('error', reject)
    })
  }
})
