import type { ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { frameText } from './frames.ts'

/** Why a stream was ended by us, or lost. */
export type EndReason =
  | 'shutdown'
  | 'replaced'
  | 'session_ended'
  | 'access_changed'
  | 'maintenance'
  | 'slow'
  | 'gone'

export type StreamLimits = {
  /** Bytes that may wait for one client in this process, beside the socket's own buffer. */
  readonly maxBuffered: number
  /** How long a client may take nothing at all of what waits. */
  readonly stalledMs: number
}

/** What is sent before the first event. Compression or a proxy that gathers would hold events back. */
const HEAD = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
  connection: 'close',
}
/** Time for the last words to a client that is being left. */
const LAST_WORDS_MS = 1000

/**
 * One open stream of `owner`. `state` is whatever its keeper notes about it. The body ends with the connection, without
 * chunks: an event is one write, and a stream is nothing that a connection could be kept for.
 *
 * A client that reads too slowly is `behind` until it has taken what waits; nothing is to be sent to it meanwhile, since
 * what it misses can be read again. So what waits for it is bounded, and it is dropped when it takes nothing for long.
 */
export class Stream<S> {
  readonly owner: string
  readonly state: S
  readonly #response: ServerResponse
  /** Once the head is sent events go straight to the socket: a write of the response costs twice as much. Without a network there is none. */
  readonly #socket: Socket | ServerResponse
  readonly #limits: StreamLimits
  #isOpen = true
  #waiting = 0
  #stalledSince = 0
  /** Set by the hub. */
  onEnd: (reason: EndReason) => void = () => {}
  onDrain: () => void = () => {}

  constructor(response: ServerResponse, owner: string, state: S, limits: StreamLimits) {
    this.owner = owner
    this.state = state
    this.#response = response
    this.#socket = response.socket instanceof Socket ? response.socket : response
    this.#limits = limits
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** The client has not yet taken what it was sent. */
  get isBehind(): boolean {
    return this.#socket.writableNeedDrain
  }

  /** Bytes that wait in this process. */
  get buffered(): number {
    return this.#socket.writableLength
  }

  begin(headers: Readonly<Record<string, string>>): void {
    const response = this.#response
    response.on('close', () => this.#over('gone'))
    response.on('error', () => this.#over('gone'))
    this.#socket.on('drain', () => {
      this.#stalledSince = 0
      if (this.#isOpen) this.onDrain()
    })
    response.removeHeader('transfer-encoding')
    response.writeHead(200, { ...headers, ...HEAD })
    response.flushHeaders()
  }

  /** Text of whole frames. False: it is no longer open. */
  send(text: string): boolean {
    if (!this.#isOpen) return false
    this.#socket.write(text)
    if (this.buffered > this.#limits.maxBuffered) this.drop()
    return this.#isOpen
  }

  /** With every heartbeat: drops it once nothing of what waits has been taken for too long. */
  judge(now: number): void {
    const { buffered } = this
    if (buffered === 0) this.#stalledSince = 0
    else if (this.#stalledSince === 0 || buffered < this.#waiting) this.#stalledSince = now
    this.#waiting = buffered
    if (this.#stalledSince > 0 && now - this.#stalledSince >= this.#limits.stalledMs) this.drop()
  }

  /** Without a word: it would not be read. */
  drop(reason: EndReason = 'slow'): void {
    if (!this.#isOpen) return
    this.#over(reason)
    this.#response.destroy()
  }

  /** Says why, and after how long to come again, then closes. */
  end(reason: EndReason, retryMs: number): void {
    if (!this.#isOpen) return
    if (this.isBehind) {
      this.drop(reason)
      return
    }
    const bye = frameText({ event: 'bye', data: JSON.stringify({ reason }), retryMs })
    this.#over(reason)
    this.#socket.end(bye)
    setTimeout(() => this.#socket.destroy(), LAST_WORDS_MS).unref()
  }

  #over(reason: EndReason): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.onEnd(reason)
  }
}
