import { fork } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** Asked of the child, one after the other. */
type Order =
  | { readonly do: 'open'; readonly port: number; readonly tokens: readonly string[] }
  /** To note when each stream gets an event that holds this text. */
  | { readonly do: 'await'; readonly text: string; readonly count: number }
type Answer = {
  readonly opened?: number
  readonly seconds?: number
  readonly lost?: number
  readonly times?: number[]
}

export type Clients = {
  /** Opens a stream with each of these tokens. Answers seconds. */
  open(port: number, tokens: readonly string[]): Promise<number>
  /** Resolves with the moments (ns, as of `now`) at which so many streams got this text; `ready` is called when it listens. */
  moments(text: string, count: number, ready: () => Promise<void>): Promise<number[]>
  stop(): void
}

/** So many connect at once: more would meet the queue of the listening socket. */
const CONNECTING = 200

/** A clock that all processes of this machine share, in ns. */
export function now(): number {
  return Number(process.hrtime.bigint())
}

/** Streams held by a process of its own, over bare sockets: what a browser does with events is not measured. */
export function startClients(): Clients {
  const child = fork(import.meta.filename, [], { env: { ...process.env, BENCH_STREAM_CLIENTS: '1' } })
  const ask = async (order: Order): Promise<Answer> => {
    child.send(order)
    const [answer] = (await once(child, 'message')) as [Answer]
    return answer
  }
  return {
    async open(port, tokens) {
      const { opened, seconds } = await ask({ do: 'open', port, tokens })
      if (opened !== tokens.length)
        throw new Error(
          `${opened} of ${tokens.length} streams opened: is the limit of open files too low (ulimit -n)?`,
        )
      return seconds ?? 0
    },
    async moments(text, count, ready) {
      const answer = ask({ do: 'await', text, count })
      await ready()
      const { times, lost } = await answer
      if (lost) throw new Error(`${lost} streams were lost, or not told`)
      return times ?? []
    },
    stop: () => void child.kill(),
  }
}

class Streams {
  readonly sockets: Socket[] = []
  #waiting: { text: string; count: number; times: number[]; done: (lost: number) => void } | null = null
  lost = 0

  async open(port: number, tokens: readonly string[]): Promise<void> {
    for (let from = 0; from < tokens.length; from += CONNECTING)
      await Promise.all(tokens.slice(from, from + CONNECTING).map((token) => this.#openOne(port, token)))
  }

  /** Until so many have it, at most 30 seconds. */
  await(text: string, count: number): Promise<{ times: number[]; lost: number }> {
    return new Promise((resolve) => {
      const times: number[] = []
      const done = (lost: number) => {
        clearTimeout(timer)
        this.#waiting = null
        resolve({ times, lost })
      }
      const timer = setTimeout(() => done(count - times.length), 30_000)
      this.#waiting = { text, count, times, done }
    })
  }

  #openOne(port: number, token: string): Promise<void> {
    return new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.write(
        `GET /api/v1/stream HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: text/event-stream\r\nauthorization: Bearer ${token}\r\n\r\n`,
      )
      // Settled once it has been told where it stands.
      socket.on('data', (chunk) => {
        if (chunk.includes('event: unread')) {
          this.sockets.push(socket)
          resolve()
        }
        this.#receive(chunk)
      })
      socket.on('error', () => resolve())
      socket.on('close', () => {
        this.lost++
        resolve()
      })
    })
  }

  #receive(chunk: Buffer): void {
    const waiting = this.#waiting
    if (waiting === null || !chunk.includes(waiting.text)) return
    waiting.times.push(now())
    if (waiting.times.length === waiting.count) waiting.done(0)
  }
}

if (process.env.BENCH_STREAM_CLIENTS === '1' && process.send !== undefined) {
  const streams = new Streams()
  process.on('message', async (order: Order) => {
    const from = now()
    if (order.do === 'await') process.send?.(await streams.await(order.text, order.count))
    else {
      await streams.open(order.port, order.tokens)
      process.send?.({ opened: streams.sockets.length, seconds: (now() - from) / 1e9 })
    }
  })
}
