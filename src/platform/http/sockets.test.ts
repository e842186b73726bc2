import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Closed } from './schemas.ts'
import type { Server } from './server.ts'
import { serve } from './server-under-test.ts'
import { closeServer } from './shutdown.ts'

const open = { access: 'public', session: 'ignored' } as const

async function listening(slowMs = 300): Promise<{ app: Server; port: number }> {
  const app = await serve(async (api) => {
    api.get('/fast', { config: open }, () => ({ ok: true }))
    api.get('/slow', { config: open }, async () => {
      await sleep(slowMs, undefined, { ref: false })
      return { ok: 'slow' }
    })
    api.post('/body', { config: open, schema: { body: Closed({}) } }, () => ({ ok: true }))
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  return { app, port: (app.server.address() as AddressInfo).port }
}

const request = (path: string) => `GET /api/v1/${path} HTTP/1.1\r\nhost: x\r\n\r\n`

async function replyOn(socket: Socket): Promise<string> {
  let text = ''
  while (!/\r\n\r\n.*\}$/s.test(text)) text += (await once(socket, 'data'))[0]
  return text
}

test('closing finishes what is in flight, closes its connection and takes no new one', async () => {
  const { app, port } = await listening()
  const busy = connect(port, '127.0.0.1')
  const idle = connect(port, '127.0.0.1')
  idle.write(request('fast'))
  await replyOn(idle)
  busy.write(request('slow'))
  await sleep(50)
  const [idleEnd, busyEnd] = [once(idle, 'close'), once(busy, 'close')]
  const closed = closeServer(app)
  const reply = await replyOn(busy)
  assert.match(reply, /^HTTP\/1.1 200.*connection: close.*\{"ok":"slow"\}$/is)
  await Promise.all([closed, idleEnd, busyEnd])
  const late = connect(port, '127.0.0.1')
  const [error] = await once(late, 'error')
  assert.equal(error.code, 'ECONNREFUSED')
})

test('closing is bounded: what hangs is cut', async () => {
  const { app, port } = await listening(60_000)
  const busy = connect(port, '127.0.0.1')
  busy.on('error', () => {})
  busy.write(request('slow'))
  await sleep(50)
  const from = Date.now()
  await closeServer(app, 100)
  assert.ok(Date.now() - from < 2000)
})

test('a body over 1 MB answers 413, one of exactly 1 MB is read', async () => {
  const { app, port } = await listening()
  after(() => closeServer(app, 100))
  const send = async (bytes: number) => {
    const body = `{${' '.repeat(bytes - 2)}}`
    const reply = await fetch(`http://127.0.0.1:${port}/api/v1/body`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    const { code } = (await reply.json()) as { code?: string }
    return [reply.status, code]
  }
  assert.deepEqual(await send(1_048_576), [200, undefined])
  assert.deepEqual(await send(1_048_577), [413, 'request.too_large'])
})

test('what is not HTTP, and headers without end, are refused as problems on the bare socket', async () => {
  const { app, port } = await listening()
  after(() => closeServer(app, 100))
  const talk = async (text: string) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write(text)
    return replyOn(socket)
  }
  assert.match(await talk('NONSENSE\r\n\r\n'), /^HTTP\/1.1 400.*"request.malformed"/s)
  assert.match(
    await talk(`GET /api/v1/fast HTTP/1.1\r\nhost: x\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`),
    /^HTTP\/1.1 431.*"request.headers_too_large"/s,
  )
})

test('the waits are bounded, so that slow senders cannot hold connections', async () => {
  const { app } = await listening()
  after(() => closeServer(app, 100))
  const { headersTimeout, requestTimeout, keepAliveTimeout } = app.server
  assert.deepEqual([headersTimeout, requestTimeout, keepAliveTimeout], [15_000, 30_000, 65_000])
})

test('a method that nobody serves reaches no route: TRACE echoes nothing, CONNECT opens nothing', async () => {
  const { app, port } = await listening()
  const ask = async (start: string) => {
    const socket = connect(port, '127.0.0.1')
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.write(`${start} HTTP/1.1\r\nhost: x\r\nx-secret: s3cret\r\nconnection: close\r\n\r\n`)
    await once(socket, 'close')
    assert.doesNotMatch(text, /s3cret/, start)
    return text.slice(9, 12)
  }
  assert.equal(await ask('TRACE /api/v1/fast'), '405')
  assert.equal(await ask('TRACE /api/v1/nothing'), '404')
  assert.equal(await ask('PROPFIND /api/v1/fast'), '405')
  assert.equal(await ask('BREW /api/v1/fast'), '400')
  assert.equal(await ask('CONNECT evil.example:443'), '')
  assert.equal(await ask('GET /api/v1/fast'), '200')
  await closeServer(app)
})

test('a request whose end two readers could see in two places is refused, and what follows it is not read', async () => {
  const { app, port } = await listening()
  const json = 'POST /api/v1/body HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n'
  const ask = async (head: string, body: string) => {
    const socket = connect(port, '127.0.0.1')
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.on('error', () => {})
    socket.write(`${json}${head}\r\n\r\n${body}`)
    await once(socket, 'close')
    return text.match(/HTTP\/1\.1 \d+/g) ?? []
  }
  const hidden = request('fast')
  const refused = ['HTTP/1.1 400']
  assert.deepEqual(
    await ask('content-length: 2\r\ntransfer-encoding: chunked', `0\r\n\r\n${hidden}`),
    refused,
  )
  assert.deepEqual(await ask('content-length: 2\r\ncontent-length: 60', `{}${hidden}`), refused)
  assert.deepEqual(await ask('transfer-encoding: chunked, identity', `0\r\n\r\n${hidden}`), refused)
  assert.deepEqual(await ask('content-length: +2', `{}${hidden}`), refused)
  assert.deepEqual(await ask('x-a: 1\ncontent-length: 2', `{}${hidden}`), refused)
  await closeServer(app)
})
