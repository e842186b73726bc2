import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { after, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { frameText } from './frames.ts'
import { Hub, type HubOptions } from './hub.ts'
import type { EndReason, Stream } from './stream.ts'

type Options = Partial<HubOptions<string>>

describe('a hub', () => {
  const servers: { server: Server; hub: Hub<string> }[] = []
  after(() => {
    for (const { server, hub } of servers) {
      hub.close()
      server.closeAllConnections()
      server.close()
    }
  })

  async function serve(options: Options = {}) {
    const ended: EndReason[] = []
    const hub = new Hub<string>({
      maxStreams: 100,
      perOwner: 3,
      onEnd: (_stream, reason) => void ended.push(reason),
      ...options,
    })
    const server = createServer((request, response: ServerResponse) => {
      hub.open(response, request.url ?? '', 'state', { 'x-request-id': 'r1' })
    })
    servers.push({ server, hub })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    return { hub, ended, port }
  }

  async function listen(port: number, owner: string) {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    const said: string[] = []
    socket.on('data', (chunk) => said.push(String(chunk)))
    socket.write(`GET ${owner} HTTP/1.1\r\nhost: x\r\n\r\n`)
    await until(() => said.length > 0)
    return { socket, text: () => said.join('') }
  }

  async function until(holds: () => boolean, ms = 3000): Promise<void> {
    const deadline = Date.now() + ms
    while (!holds()) {
      assert.ok(Date.now() < deadline, 'waited too long')
      await sleep(5)
    }
  }

  const only = (hub: Hub<string>, owner: string): Stream<string> => {
    const [stream, ...more] = hub.of(owner)
    assert.deepEqual(more, [])
    return stream!
  }

  test('answers with a head that nobody on the way holds back, and events without chunks', async () => {
    const { hub, port } = await serve()
    const { text, socket } = await listen(port, '/a')
    only(hub, '/a').send(frameText({ id: '1', event: 'told', data: '{}' }))
    await until(() => text().includes('told'))
    const [head = '', body] = text().split('\r\n\r\n')
    assert.match(head, /^HTTP\/1\.1 200 OK\r\n/)
    for (const line of [
      'content-type: text/event-stream; charset=utf-8',
      'cache-control: no-store, no-transform',
      'x-accel-buffering: no',
      'x-request-id: r1',
    ])
      assert.ok(head.includes(line), line)
    assert.doesNotMatch(head, /transfer-encoding|content-length/i)
    assert.equal(body, 'id: 1\nevent: told\ndata: {}\n\n')
    socket.destroy()
  })

  test('forgets a client that leaves', async () => {
    const { hub, ended, port } = await serve()
    const { socket } = await listen(port, '/a')
    assert.equal(hub.size, 1)
    socket.destroy()
    await until(() => hub.size === 0)
    assert.deepEqual([ended, hub.of('/a'), [...hub.owners]], [['gone'], [], []])
  })

  test('ends the oldest of one owner for the newest, which must not come back for an hour; others stay', async () => {
    const { hub, ended, port } = await serve()
    const first = await listen(port, '/a')
    await listen(port, '/b')
    for (let n = 0; n < 3; n++) await listen(port, '/a')
    await until(() => first.socket.closed)
    assert.match(first.text(), /retry: 3600000\nevent: bye\ndata: \{"reason":"replaced"\}\n\n$/)
    assert.deepEqual([hub.of('/a').length, hub.of('/b').length, ended], [3, 1, ['replaced']])
  })

  test('refuses more than it can hold, as a problem', async () => {
    const { hub, port } = await serve({ maxStreams: 2 })
    await listen(port, '/a')
    hub.assertRoom()
    await listen(port, '/b')
    assert.throws(() => hub.assertRoom(), { status: 503, code: 'stream.full' })
  })

  test('gives each a sign of life within a heartbeat, and shows it to its keeper as often', async () => {
    const beaten = new Map<Stream<string>, number>()
    const { port } = await serve({
      heartbeatMs: 200,
      onBeat: (streams) => {
        for (const stream of streams) beaten.set(stream, (beaten.get(stream) ?? 0) + 1)
      },
    })
    const clients = await Promise.all(['/a', '/b', '/c', '/d'].map((owner) => listen(port, owner)))
    await until(() => clients.every(({ text }) => text().split('event: heartbeat').length > 3), 6000)
    assert.equal(beaten.size, 4)
    for (const count of beaten.values()) assert.ok(count >= 3)
  })

  /** Takes what the kernel holds for it, and nothing of what waits here. */
  async function stalled(
    port: number,
    hub: Hub<string>,
  ): Promise<{ socket: Socket; stream: Stream<string> }> {
    const { socket } = await listen(port, '/slow')
    socket.pause()
    return { socket, stream: only(hub, '/slow') }
  }

  test('drops a client for whom more waits than it may, with the memory, and serves the others on', async () => {
    const { hub, ended, port } = await serve({ maxBuffered: 100_000 })
    const { stream } = await stalled(port, hub)
    const quick = await listen(port, '/quick')
    const frame = frameText({ data: 'x'.repeat(10_000) })
    let sent = 0
    while (stream.send(frame)) {
      sent++
      if (sent % 20 === 0) await sleep(1)
      assert.ok(sent < 5000, 'nothing bounds what waits')
    }
    assert.deepEqual([ended, stream.isOpen], [['slow'], false])
    only(hub, '/quick').send(frameText({ event: 'still', data: 'here' }))
    await until(() => quick.text().includes('event: still'))
  })

  test('drops a client that takes nothing for long; one that takes what waits is told that it may go on', async () => {
    let drained = 0
    const { hub, ended, port } = await serve({
      heartbeatMs: 100,
      stalledMs: 400,
      maxBuffered: 50_000_000,
      onDrain: () => void drained++,
    })
    const { stream, socket } = await stalled(port, hub)
    const fill = async () => {
      while (!stream.isBehind) {
        stream.send(frameText({ data: 'x'.repeat(100_000) }))
        await sleep(1)
      }
    }
    await fill()
    socket.resume()
    await until(() => drained > 0)
    assert.equal(stream.isOpen, true)
    socket.pause()
    await fill()
    await until(() => !stream.isOpen)
    assert.deepEqual(ended, ['slow'])
  })

  test('says goodbye to all when it closes, each to come back at a time of its own, and takes no more', async () => {
    const { hub, port } = await serve()
    const clients = await Promise.all(['/a', '/b', '/c', '/d', '/e'].map((owner) => listen(port, owner)))
    hub.close()
    await until(() => clients.every(({ socket }) => socket.closed))
    const waits = clients.map(
      ({ text }) => /retry: (\d+)\nevent: bye\ndata: {"reason":"shutdown"}/.exec(text())?.[1],
    )
    assert.ok(
      waits.every((wait) => Number(wait) >= 1000 && Number(wait) <= 10_000),
      String(waits),
    )
    assert.equal(new Set(waits).size > 1, true)
    assert.throws(() => hub.assertRoom(), { code: 'stream.full' })
  })
})
