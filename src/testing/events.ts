import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client, TestApp } from './client.ts'

/** One event of a stream, as the WHATWG's EventSource would give it to its page. */
export type Heard<T = Readonly<Record<string, unknown>>> = {
  readonly id: string
  readonly event: string
  readonly data: T
}

export type Listener = {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  /** All that came. */
  readonly heard: readonly Heard[]
  /** The id to come back with. */
  lastEventId(): string
  /** When we were told to come again, in ms; null: not told. */
  retryMs(): number | null
  /** Those of one kind. */
  of<T = Readonly<Record<string, unknown>>>(event: string): Heard<T>[]
  /** Until it holds, or for so long. */
  until(holds: (listener: Listener) => boolean, ms?: number): Promise<void>
  /** The server has ended it. */
  ended(ms?: number): Promise<void>
  /** Reads nothing any more, with the connection open. */
  stall(): void
  resume(): void
  close(): void
}

type Options = {
  readonly lastEventId?: string
  readonly query?: string
  readonly headers?: Record<string, string>
}

/** Where an app of `startApp` listens; it begins to when it has not. */
export async function portOf({ server }: Pick<TestApp, 'server'>): Promise<number> {
  if (!server.server.listening) await server.listen({ port: 0, host: '127.0.0.1' })
  return (server.server.address() as AddressInfo).port
}

/** Opens a stream over a real connection. A refusal has a status and nothing to hear. */
export async function listenTo(
  app: Pick<TestApp, 'server'>,
  { token }: Pick<Client, 'token'>,
  { lastEventId, query = '', headers = {} }: Options = {},
): Promise<Listener> {
  const asked = request({
    host: '127.0.0.1',
    port: await portOf(app),
    path: `/api/v1/stream${query}`,
    agent: false,
    headers: {
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
      ...headers,
    },
  })
  asked.end()
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  return hear(response)
}

function hear(response: IncomingMessage): Listener {
  const heard: Heard[] = []
  const read = reader(heard)
  let isOver = false
  response.setEncoding('utf8')
  response.on('data', read.take)
  response.on('error', () => {})
  response.on('close', () => {
    isOver = true
  })

  async function until(holds: () => boolean, ms: number): Promise<void> {
    const deadline = performance.now() + ms
    while (!holds()) {
      if (performance.now() > deadline) throw new Error(`after ${ms} ms only ${describe(heard)}`)
      await sleep(5)
    }
  }

  const listener: Listener = {
    status: response.statusCode ?? 0,
    headers: response.headers,
    heard,
    lastEventId: () => read.state.lastId,
    retryMs: () => read.state.retryMs,
    of: <T>(event: string) => heard.filter((one) => one.event === event) as unknown as Heard<T>[],
    until: (holds, ms = 5000) => until(() => holds(listener), ms),
    ended: (ms = 5000) => until(() => isOver, ms),
    stall: () => void response.pause(),
    resume: () => void response.resume(),
    close: () => void response.destroy(),
  }
  return listener
}

/** The rules of WHATWG HTML §9.2.6, for streams with `\n`. */
function reader(heard: Heard[]) {
  const state = { lastId: '', retryMs: null as number | null }
  let rest = ''
  let event = 'message'
  let data: string[] = []

  function line(text: string): void {
    if (text === '') {
      dispatch()
      return
    }
    const colon = text.indexOf(':')
    const [field, value] =
      colon === -1 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1).replace(/^ /, '')]
    if (field === 'id') state.lastId = value
    else if (field === 'event') event = value
    else if (field === 'data') data.push(value)
    else if (field === 'retry') state.retryMs = Number(value)
  }

  function dispatch(): void {
    if (data.length > 0) heard.push({ id: state.lastId, event, data: JSON.parse(data.join('\n')) })
    event = 'message'
    data = []
  }

  return {
    state,
    take(chunk: string) {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      for (const one of lines) line(one)
    },
  }
}

function describe(heard: readonly Heard[]): string {
  const last = heard
    .slice(-5)
    .map(({ id, event, data }) => `${event} ${id} ${JSON.stringify(data).slice(0, 80)}`)
  return `${heard.length} events, the last: ${last.join('; ')}`
}
