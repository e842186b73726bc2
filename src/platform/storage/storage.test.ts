import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import Fastify from 'fastify'
import { missingForRadosgw, radosgwPackages, startRadosgw } from '../../testing/radosgw.ts'
import { freePort } from '../../testing/redis.ts'
import { AppError } from '../errors.ts'
import { createStorage, ensureBucket, localStorageRoutes, type Storage } from './index.ts'

type Twin = { storage: Storage; stop: () => Promise<void> }

contract('in a local folder', async () => {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'bcn-storage-'))
  const port = await freePort()
  const publicUrl = `http://127.0.0.1:${port}`
  const storage = await createStorage({
    s3: null,
    dataDir,
    publicUrl,
    secretKey: randomBytes(32).toString('hex'),
  })
  const app = Fastify()
  await app.register(localStorageRoutes(storage), { prefix: '/storage' })
  await app.listen({ port, host: '127.0.0.1' })
  return { storage, stop: () => app.close().then(() => rm(dataDir, { recursive: true })) }
})

if (missingForRadosgw.length === 0) {
  contract('on radosgw', async () => {
    const { s3, stop } = await startRadosgw()
    await ensureBucket(s3)
    await ensureBucket(s3)
    return { storage: await createStorage({ s3, dataDir: '', publicUrl: '', secretKey: '' }), stop }
  })
} else {
  test('the contract runs against a real S3 server', (t) => {
    const line = `${missingForRadosgw.join(', ')} not installed: apt-get install ${radosgwPackages}`
    assert.ok(!process.env.CI, line)
    t.diagnostic(`${line}; the contract ran on the local folder only`)
  })
}

test('an S3 that cannot be reached is 503 storage.unavailable', async () => {
  const endpoint = `http://127.0.0.1:${await freePort()}`
  const keys = { accessKeyId: 'a', secretAccessKey: 'b' }
  const s3 = { endpoint, region: 'default', bucket: 'none', ...keys, forcePathStyle: true }
  const storage = await createStorage({ s3, dataDir: '', publicUrl: '', secretKey: '' })
  await assert.rejects(storage.head('a'), (error) => error instanceof AppError && error.status === 503)
})

function contract(where: string, start: () => Promise<Twin>): void {
  describe(`the storage ${where}`, () => {
    let storage: Storage
    let stop: () => Promise<void>

    before(async () => {
      ;({ storage, stop } = await start())
    })
    after(() => stop())

    test('keeps bytes and type, replaces both, and deletes', async () => {
      const body = randomBytes(100_000)
      await storage.put('docs/a.bin', body, 'application/octet-stream')
      assert.deepEqual(await bytesOf(storage, 'docs/a.bin'), body)
      await storage.put('docs/a.bin', Buffer.from('{}'), 'application/json')
      assert.deepEqual(await storage.head('docs/a.bin'), { contentType: 'application/json', size: 2 })
      await storage.delete('docs/a.bin')
      await storage.delete('docs/a.bin')
      assert.equal(await storage.get('docs/a.bin'), null)
      assert.equal(await storage.head('docs/a.bin'), null)
    })

    test('keeps an empty file', async () => {
      await storage.put('docs/empty', Buffer.alloc(0), 'text/plain; charset=utf-8')
      assert.deepEqual(await storage.head('docs/empty'), {
        contentType: 'text/plain; charset=utf-8',
        size: 0,
      })
      assert.equal((await bytesOf(storage, 'docs/empty'))?.length, 0)
    })

    test('lists the keys under a prefix in order, a name and the folder of that name side by side', async () => {
      const keys = ['list/a', 'list/a-b', 'list/a.txt', 'list/a/b', 'list/a/c/d', 'list/b', 'listed']
      for (const key of keys.toReversed()) await storage.put(key, Buffer.from('x'), 'text/plain')
      assert.deepEqual(await keysOf(storage.list('list/')), keys.slice(0, 6))
      assert.deepEqual(await keysOf(storage.list('list/a/')), ['list/a/b', 'list/a/c/d'])
      assert.deepEqual(await keysOf(storage.list('list')), keys)
      assert.deepEqual(await keysOf(storage.list('nothing/')), [])
    })

    test('takes a form as it was signed', async () => {
      const body = randomBytes(1_000_000)
      const form = await signed('up/exact', { maxBytes: body.length })
      assert.equal(await post(form, body), 204)
      assert.deepEqual(await storage.head('up/exact'), { contentType: 'image/png', size: body.length })
      assert.deepEqual(await bytesOf(storage, 'up/exact'), body)
    })

    test('refuses a file that is larger than was signed, and an empty one', async () => {
      const form = await signed('up/large', { maxBytes: 1000 })
      assertRefused(await post(form, randomBytes(1001)))
      assertRefused(await post(form, randomBytes(300_000)))
      assertRefused(await post(form, Buffer.alloc(0)))
      assert.equal(await storage.head('up/large'), null)
      assert.equal(await post(form, randomBytes(1000)), 204)
    })

    test('refuses another type, another key and what is missing', async () => {
      const form = await signed('up/signed')
      const changes = [
        { 'Content-Type': 'text/html' },
        { key: 'up/other' },
        { 'Content-Type': '' },
        { key: '' },
      ]
      for (const change of changes) {
        const fields = { ...form.fields, ...change }
        assertRefused(await post({ ...form, fields }, Buffer.from('x')), JSON.stringify(change))
      }
      assert.deepEqual(await keysOf(storage.list('up/signed')), [])
      assert.deepEqual(await keysOf(storage.list('up/other')), [])
    })

    test('refuses a form whose policy or signature was changed', async () => {
      const form = await signed('up/tampered')
      const other = await signed('up/tampered', { maxBytes: 999_999 })
      for (const name of Object.keys(form.fields).filter((name) => /policy|signature/i.test(name))) {
        const swapped = { ...form.fields, [name]: other.fields[name] ?? '' }
        const removed = { ...form.fields, [name]: '' }
        assertRefused(await post({ ...form, fields: swapped }, Buffer.from('x')), name)
        assertRefused(await post({ ...form, fields: removed }, Buffer.from('x')), name)
      }
      assert.equal(await storage.head('up/tampered'), null)
    })

    test('serves a file to who holds the address, whole and in ranges', async () => {
      await storage.put('down/a.txt', Buffer.from('0123456789'), 'text/plain')
      const url = await storage.presignDownload({ key: 'down/a.txt', expiresSeconds: 60 })
      const whole = await fetch(url)
      assert.deepEqual([whole.status, whole.headers.get('content-type')], [200, 'text/plain'])
      assert.equal(await whole.text(), '0123456789')
      const part = await fetch(url, { headers: { range: 'bytes=2-4' } })
      assert.deepEqual([part.status, part.headers.get('content-range')], [206, 'bytes 2-4/10'])
      assert.equal(await part.text(), '234')
      const end = await fetch(url, { headers: { range: 'bytes=-3' } })
      assert.deepEqual([end.status, await end.text()], [206, '789'])
      assert.equal((await fetch(url, { headers: { range: 'bytes=50-' } })).status, 416)
    })

    test('names the download when it is asked to', async () => {
      await storage.put('down/b.pdf', Buffer.from('x'), 'application/pdf')
      const filename = 'Zeugnis "Zoë"/\r\n1.pdf'
      const url = await storage.presignDownload({ key: 'down/b.pdf', expiresSeconds: 60, filename })
      const reply = await fetch(url)
      assert.equal(reply.status, 200)
      assert.equal(
        reply.headers.get('content-disposition'),
        `attachment; filename="Zeugnis _Zo_____1.pdf"; filename*=UTF-8''Zeugnis%20%22Zo%C3%AB%22%2F__1.pdf`,
      )
      await reply.body?.cancel()
    })

    test('refuses an address that was changed', async () => {
      await storage.put('down/c', Buffer.from('c'), 'text/plain')
      await storage.put('down/d', Buffer.from('d'), 'text/plain')
      const url = new URL(await storage.presignDownload({ key: 'down/c', expiresSeconds: 60, filename: 'c' }))
      assert.equal((await fetch(url)).status, 200)
      const otherKey = new URL(url)
      otherKey.pathname = url.pathname.replace('down/c', 'down/d')
      assertRefused((await fetch(otherKey)).status)
      for (const [name, value] of url.searchParams) {
        if (/^x-id$|checksum-mode/i.test(name)) continue
        const changed = new URL(url)
        changed.searchParams.set(name, /^\d+$/.test(value) ? `${Number(value) + 1}` : `${value}x`)
        assertRefused((await fetch(changed)).status, name)
      }
      const bare = new URL(url.pathname, url)
      assertRefused((await fetch(bare)).status)
    })

    test('refuses forms and addresses that have expired', async () => {
      await storage.put('down/e', Buffer.from('e'), 'text/plain')
      const form = await signed('up/expired', { expiresSeconds: 1 })
      const url = await storage.presignDownload({ key: 'down/e', expiresSeconds: 1 })
      await delay(2100)
      assertRefused(await post(form, Buffer.from('x')))
      assertRefused((await fetch(url)).status)
    })

    test('an address of nothing is 404', async () => {
      const url = await storage.presignDownload({ key: 'down/nothing', expiresSeconds: 60 })
      assert.equal((await fetch(url)).status, 404)
    })

    test('refuses keys that are no keys, and types that are no types', async () => {
      const bad = [
        '',
        '/a',
        '../a',
        'a/../b',
        'a/./b',
        'a//b',
        'a/',
        'A',
        'a b',
        'a\0',
        'é',
        '.a',
        'a'.repeat(482),
      ]
      for (const key of [...bad, `a/${'b'.repeat(201)}`]) {
        const options = { key, contentType: 'text/plain', maxBytes: 1, expiresSeconds: 60 }
        const attempts = [
          () => storage.presignUpload(options),
          () => storage.presignDownload(options),
          () => storage.put(key, Buffer.from('x'), 'text/plain'),
          () => storage.get(key),
          () => storage.head(key),
          () => storage.delete(key),
        ]
        for (const attempt of attempts) await assert.rejects(attempt, { code: 'storage.invalid_key' }, key)
      }
      for (const contentType of ['', 'text', 'text/html\r\nx: y', `text/${'x'.repeat(300)}`]) {
        await assert.rejects(storage.put('a', Buffer.from('x'), contentType), {
          code: 'storage.invalid_type',
        })
        await assert.rejects(signed('a', { contentType }), { code: 'storage.invalid_type' })
      }
    })

    function signed(key: string, options: Partial<Parameters<Storage['presignUpload']>[0]> = {}) {
      const defaults = { key, contentType: 'image/png', maxBytes: 10_000, expiresSeconds: 60 }
      return storage.presignUpload({ ...defaults, ...options })
    }
  })
}

async function post(form: { url: string; fields: Record<string, string> }, body: Buffer): Promise<number> {
  const data = new FormData()
  for (const [name, value] of Object.entries(form.fields)) data.append(name, value)
  data.append('file', new Blob([new Uint8Array(body)]), 'picture.png')
  const reply = await fetch(form.url, { method: 'POST', body: data })
  await reply.arrayBuffer()
  return reply.status
}

function assertRefused(status: number, message = ''): void {
  assert.ok(status >= 400 && status < 500, `answered ${status} ${message}`)
}

async function bytesOf(storage: Storage, key: string): Promise<Buffer | undefined> {
  const found = await storage.get(key)
  return found ? Buffer.concat(await found.body.toArray()) : undefined
}

async function keysOf(keys: AsyncIterable<string>): Promise<string[]> {
  const found: string[] = []
  for await (const key of keys) found.push(key)
  return found
}
