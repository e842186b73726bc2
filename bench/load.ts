import { fork } from 'node:child_process'
import { connect, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'

/** One request of the cycle that every connection walks through; `body` is sent as JSON. */
export type LoadRequest = {
  readonly path: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export type LoadOptions = {
  /** Origin and, when `requests` is not given, the one path to ask: `http://127.0.0.1:3000/api/v1/me`. */
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly requests?: readonly LoadRequest[]
  readonly connections?: number
  readonly seconds?: number
  /** Not measured; the server's code becomes warm. */
  readonly warmupSeconds?: number
}

/** rate in replies a second; p50, p95, p99 in milliseconds; errors = replies that are not 2xx or 304, and broken connections. */
export type LoadResult = {
  readonly rate: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly replies: number
  readonly errors: number
  readonly statuses: Readonly<Record<string, number>>
}

/**
 * Closed-loop load over keep-alive sockets from a child process, so that the generator's work is not the server's.
 * Replies are cut by their content-length, parsed by hand: about 10 µs of processor a reply, a tenth of an HTTP client's.
 */
export function load(options: LoadOptions): Promise<LoadResult> {
  return new Promise((resolve, reject) => {
    const child = fork(import.meta.filename, [], { env: { ...process.env, BENCH_LOAD_CHILD: '1' } })
    child.once('message', (result: LoadResult) => {
      resolve(result)
      child.kill()
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`the load generator ended early (${code})`)))
    child.send(options)
  })
}

class Connection {
  readonly #run: Run
  #socket: Socket
  #pending: Buffer | null = null
  #sentAt = 0
  #next: number

  constructor(run: Run, start: number) {
    this.#run = run
    this.#next = start
    this.#socket = this.#open()
  }

  close() {
    this.#socket.destroy()
  }

  #open(): Socket {
    const socket = connect({ host: this.#run.host, port: this.#run.port, noDelay: true })
    socket.on('connect', () => this.#send())
    socket.on('data', (chunk) => this.#receive(chunk))
    socket.on('error', () => this.#run.count('broken'))
    socket.on('close', () => {
      if (this.#run.ended) return
      this.#pending = null
      setTimeout(() => {
        if (!this.#run.ended) this.#socket = this.#open()
      }, 20)
    })
    return socket
  }

  #send() {
    const requests = this.#run.requests
    this.#next = (this.#next + 1) % requests.length
    this.#sentAt = performance.now()
    this.#socket.write(requests[this.#next]!)
  }

  #receive(chunk: Buffer) {
    const data = this.#pending === null ? chunk : Buffer.concat([this.#pending, chunk])
    const headEnd = data.indexOf('\r\n\r\n')
    const head = headEnd === -1 ? '' : data.toString('latin1', 0, headEnd)
    if (headEnd === -1 || data.length < headEnd + 4 + bodyLength(head)) {
      this.#pending = data
      return
    }
    this.#pending = null
    this.#run.record(head.slice(9, 12), performance.now() - this.#sentAt)
    if (!this.#run.ended) this.#send()
  }
}

class Run {
  readonly host: string
  readonly port: number
  readonly requests: readonly Buffer[]
  readonly statuses: Record<string, number> = {}
  readonly times: number[] = []
  measuring = false
  ended = false

  constructor(options: LoadOptions) {
    const url = new URL(options.url)
    this.host = url.hostname
    this.port = Number(url.port || 80)
    const requests = options.requests ?? [{ path: url.pathname + url.search }]
    this.requests = requests.map((request) => encode(url.host, options.headers ?? {}, request))
  }

  record(status: string, milliseconds: number) {
    if (!this.measuring) return
    this.count(status)
    this.times.push(milliseconds)
  }

  count(what: string) {
    if (this.measuring) this.statuses[what] = (this.statuses[what] ?? 0) + 1
  }
}

function encode(host: string, common: Readonly<Record<string, string>>, request: LoadRequest): Buffer {
  const headers: Record<string, string> = { host, connection: 'keep-alive', ...common, ...request.headers }
  if (request.body !== undefined) {
    headers['content-type'] ??= 'application/json'
    headers['content-length'] = String(Buffer.byteLength(request.body))
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(
    `${request.method ?? 'GET'} ${request.path} HTTP/1.1\r\n${lines.join('')}\r\n${request.body ?? ''}`,
  )
}

function bodyLength(head: string): number {
  return Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? 0)
}

async function measure(options: LoadOptions): Promise<LoadResult> {
  const run = new Run(options)
  const connections = Array.from({ length: options.connections ?? 16 }, (_, i) => new Connection(run, i * 7))
  await sleep((options.warmupSeconds ?? 1) * 1000)
  run.measuring = true
  const from = performance.now()
  await sleep((options.seconds ?? 5) * 1000)
  run.measuring = false
  const seconds = (performance.now() - from) / 1000
  run.ended = true
  for (const connection of connections) connection.close()
  return summarise(run, seconds)
}

function summarise(run: Run, seconds: number): LoadResult {
  const sorted = Float64Array.from(run.times).sort()
  const at = (share: number) =>
    round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0)
  const errors = Object.entries(run.statuses).filter(
    ([status]) => !status.startsWith('2') && status !== '304',
  )
  return {
    rate: Math.round(sorted.length / seconds),
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    replies: sorted.length,
    errors: errors.reduce((sum, [, count]) => sum + count, 0),
    statuses: run.statuses,
  }
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

if (process.env.BENCH_LOAD_CHILD === '1' && process.send !== undefined) {
  process.once('message', (options: LoadOptions) => {
    measure(options).then((result) => process.send?.(result))
  })
}
