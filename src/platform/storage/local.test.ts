import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readlink, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import Fastify, { type FastifyInstance } from 'fastify'
import { createLocalStorage, type LocalStorage } from './local.ts'
import { localStorageRoutes } from './local-routes.ts'

const secretKey = 'a secret that only this test knows'

describe('the routes of the local storage', () => {
  let dataDir: string
  let app: FastifyInstance
  let storage: LocalStorage

  before(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), 'bcn-local-'))
    const abandoned = path.join(dataDir, 'storage/tmp/abandoned')
    await mkdir(path.dirname(abandoned), { recursive: true })
    await writeFile(abandoned, 'half an upload')
    await utimes(abandoned, 1e9, 1e9)
    app = Fastify()
    storage = createLocalStorage({ dataDir, secretKey, baseUrl: '/storage' })
    await app.register(localStorageRoutes(storage), { prefix: '/storage' })
    await app.listen({ port: 0, host: '127.0.0.1' })
  })
  after(async () => {
    await app.close()
    await rm(dataDir, { recursive: true })
  })

  test('what people upload is nobody else’s to read on this machine', async () => {
    const folder = path.join(dataDir, 'fresh')
    const fresh = createLocalStorage({ dataDir: folder, secretKey, baseUrl: '/storage' })
    await fresh.put('private/statement.txt', Buffer.from('mine'), 'text/plain')
    const modes = []
    for (const name of ['.', 'tmp', 'objects', 'objects/private', 'objects/private/statement.txt~'])
      modes.push((await stat(path.join(folder, 'storage', name))).mode & 0o077)
    assert.deepEqual(modes, [0, 0, 0, 0, 0])
  })

  test('a served file can neither run as a page nor be taken for another type', async () => {
    await storage.put('page.html', Buffer.from('<script>alert(1)</script>'), 'text/html')
    const reply = await app.inject(await storage.presignDownload({ key: 'page.html', expiresSeconds: 60 }))
    assert.equal(reply.headers['x-content-type-options'], 'nosniff')
    assert.match(String(reply.headers['content-security-policy']), /^default-src 'none';.* sandbox$/)
    assert.match(String(reply.headers['cache-control']), /^private, max-age=(59|60|61)$/)
  })

  test('HEAD tells the size, and no file stays open behind it or behind an interrupted download', async () => {
    await storage.put('big.bin', Buffer.alloc(20_000_000), 'video/mp4')
    const url = await storage.presignDownload({ key: 'big.bin', expiresSeconds: 60 })
    const head = await app.inject({ method: 'HEAD', url })
    assert.deepEqual([head.statusCode, head.headers['content-length'], head.body], [200, '20000000', ''])
    const broken = await fetch(address() + url)
    await broken.body?.cancel()
    await untilNone(() => openFiles(dataDir))
  })

  test('no path leaves the folder, whatever its spelling', async () => {
    await writeFile(path.join(dataDir, 'secret-key~'), 'x'.repeat(300))
    for (const key of [
      '../secret-key',
      '..%2fsecret-key',
      '%2e%2e/secret-key',
      'a/..%2f..%2fsecret-key',
      '%00',
    ]) {
      const signed = storage.urls.signDownload({ key: decodeURIComponent(key), expiresSeconds: 60 })
      const query = signed.slice(signed.lastIndexOf('?'))
      assert.equal((await app.inject(`/storage/${key}${query}`)).statusCode >= 400, true, key)
    }
  })

  test('a query that is not of ours is refused', async () => {
    const url = await storage.presignDownload({ key: 'page.html', expiresSeconds: 60 })
    for (const query of ['', '?expires=x&signature=y', `?${'a'.repeat(600)}`])
      assert.ok([400, 403].includes((await app.inject(url.split('?')[0] + query)).statusCode), query)
  })

  test('a body that is no form, or no whole one, is refused and leaves nothing behind', async () => {
    const type = 'multipart/form-data; boundary=b'
    const file = 'Content-Disposition: form-data; name="file"; filename="a"\r\n\r\nbytes'
    const bodies: [string, string][] = [
      ['application/json', '{}'],
      ['multipart/form-data', 'x'],
      [type, ''],
      [type, 'no form'],
      [type, `--b\r\n${file}\r\n--b--\r\n`],
      [type, `--b\r\n${file}`],
      [type, (await form('cut.png')) + file],
      [type, await form('no-file.png', '--')],
    ]
    for (const [contentType, payload] of bodies) {
      const headers = { 'content-type': contentType }
      const reply = await app.inject({ method: 'POST', url: '/storage', headers, payload })
      assert.ok(reply.statusCode >= 400 && reply.statusCode < 500, `${reply.statusCode} to ${payload}`)
    }
    assert.equal(await storage.head('cut.png'), null)
    assert.deepEqual(await drafts(), [])
  })

  test('an upload that breaks off leaves nothing behind', async () => {
    const start = `${await form('broken.png')}Content-Disposition: form-data; name="file"; filename="a"\r\n\r\nsome`
    const socket = connect(Number(new URL(address()).port), '127.0.0.1')
    const type = 'Content-Type: multipart/form-data; boundary=b'
    socket.write(`POST /storage HTTP/1.1\r\nHost: x\r\n${type}\r\nContent-Length: 9000\r\n\r\n${start}`)
    await untilSome(drafts)
    socket.destroy()
    await once(socket, 'close')
    await untilNone(drafts)
    assert.equal(await storage.head('broken.png'), null)
  })

  test('a huge upload is broken off at its limit, with an answer', async () => {
    const socket = connect(Number(new URL(address()).port), '127.0.0.1')
    socket.on('error', () => undefined)
    const start = `${await form('huge.png')}Content-Disposition: form-data; name="file"; filename="a"\r\n\r\n`
    const type = 'Content-Type: multipart/form-data; boundary=b'
    socket.write(`POST /storage HTTP/1.1\r\nHost: x\r\n${type}\r\nContent-Length: 900000000\r\n\r\n${start}`)
    socket.write(Buffer.alloc(50_000))
    const [answer] = await once(socket, 'data')
    assert.match(String(answer), /^HTTP\/1.1 413 .*storage.file_too_large/s)
    await once(socket, 'close')
    assert.deepEqual(await drafts(), [])
  })

  test('what an earlier crash left half done is removed after a day', async () => {
    await storage.put('any', Buffer.from('x'), 'text/plain')
    assert.deepEqual(await drafts(), [])
  })

  function address(): string {
    const found = app.server.address()
    assert.ok(found !== null && typeof found === 'object')
    return `http://127.0.0.1:${found.port}`
  }

  /** A form's signed fields, up to the line that begins its next part. */
  async function form(key: string, end = ''): Promise<string> {
    const options = { key, contentType: 'image/png', maxBytes: 1000, expiresSeconds: 60 }
    const { fields } = await storage.presignUpload(options)
    const parts = Object.entries(fields).map(
      ([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    )
    return `${parts.join('')}--b${end}\r\n`
  }

  function drafts(): Promise<string[]> {
    return readdir(path.join(dataDir, 'storage/tmp'))
  }
})

async function openFiles(folder: string): Promise<string[]> {
  const descriptors = await readdir('/proc/self/fd').catch(() => [])
  const links = await Promise.all(descriptors.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')))
  return links.filter((link) => link.startsWith(folder))
}

async function untilNone(list: () => Promise<string[]>): Promise<void> {
  for (let waited = 0; waited < 2000 && (await list()).length > 0; waited += 10) await delay(10)
  assert.deepEqual(await list(), [])
}

async function untilSome(list: () => Promise<string[]>): Promise<void> {
  for (let waited = 0; waited < 2000 && (await list()).length === 0; waited += 10) await delay(10)
  assert.notDeepEqual(await list(), [])
}
