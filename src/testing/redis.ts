import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createClient } from '@redis/client'
import { endWithUs } from './children.ts'

/** A real redis-server of a test's own, on a free port, with its data in a temporary folder. */
export type TestRedis = {
  readonly url: string
  /** Writes a snapshot, which the next `start` restores. */
  save(): Promise<void>
  /** SIGKILL: what was written after the last snapshot is gone. */
  kill(): Promise<void>
  start(): Promise<void>
  /** Stops answering with the connections open, as a partition would. */
  freeze(): void
  thaw(): void
  stop(): Promise<void>
}

export const redisServerFound = hasRedisServer()

export async function startRedis(): Promise<TestRedis> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bcn-redis-'))
  const port = await freePort()
  const url = `redis://127.0.0.1:${port}`
  const options = ['--port', port, '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no']
  let server: ChildProcess

  async function start(): Promise<void> {
    server = spawn('redis-server', options.map(String), { stdio: 'ignore' })
    endWithUs(server)
    await untilAnswering(url)
  }

  async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const gone = once(server, 'exit')
    server.kill(signal)
    await gone
  }

  await start()
  return {
    url,
    save: () => withClient(url, async (client) => void (await client.sendCommand(['SAVE']))),
    kill: () => end('SIGKILL'),
    start,
    freeze: () => void server.kill('SIGSTOP'),
    thaw: () => void server.kill('SIGCONT'),
    async stop() {
      server.kill('SIGCONT')
      if (server.exitCode === null && server.signalCode === null) await end('SIGKILL')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A port that nobody listened on a moment ago. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  if (address === null || typeof address === 'string') throw new Error('No TCP port could be had')
  return address.port
}

async function untilAnswering(url: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    try {
      return await withClient(url, async (client) => void (await client.ping()))
    } catch {
      await delay(25)
    }
  }
  throw new Error(`redis-server did not answer at ${url} within 5 seconds`)
}

async function withClient(
  url: string,
  use: (connection: ReturnType<typeof client>) => Promise<void>,
): Promise<void> {
  const connection = client(url)
  connection.on('error', () => undefined)
  try {
    await connection.connect()
    await use(connection)
  } finally {
    connection.destroy()
  }
}

function client(url: string) {
  return createClient({ url, socket: { reconnectStrategy: false } })
}

function hasRedisServer(): boolean {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
