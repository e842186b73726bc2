import type { ServerResponse } from 'node:http'
import { unavailable } from '../errors.ts'
import { frameText } from './frames.ts'
import { type EndReason, Stream, type StreamLimits } from './stream.ts'

export type HubOptions<S> = Partial<StreamLimits> & {
  /** How many a process holds: more are refused. */
  readonly maxStreams: number
  /** How many one owner has here: with one more the oldest ends. */
  readonly perOwner: number
  readonly heartbeatMs?: number
  /** Some of the streams, all of them once in each heartbeat, after their sign of life. */
  readonly onBeat?: (streams: readonly Stream<S>[]) => void
  readonly onEnd?: (stream: Stream<S>, reason: EndReason) => void
  /** The client has taken all that waited for it. */
  readonly onDrain?: (stream: Stream<S>) => void
}

/** A sign of life that scripts can see, which they cannot of a comment. */
const HEARTBEAT = frameText({ event: 'heartbeat', data: '{}' })
const HEARTBEAT_MS = 25_000
/** A heartbeat comes in so many parts, so that neither clients nor what is asked for them come all at once. */
const SLICES = 25
const LIMITS: StreamLimits = { maxBuffered: 256 * 1024, stalledMs: 45_000 }
/** How long clients wait before they come again, spread so that they do not come together. */
const RETRY_MS: Readonly<Record<EndReason, readonly [least: number, most: number]>> = {
  shutdown: [1000, 10_000],
  access_changed: [0, 500],
  maintenance: [60_000, 180_000],
  // Else two clients would drive each other out for ever.
  replaced: [3_600_000, 3_600_000],
  // The session that took its place may be there by then; if none did, the answer is 401, after which browsers stop.
  session_ended: [1000, 3000],
  slow: [0, 0],
  gone: [0, 0],
}

/**
 * The streams that this process holds open, by owner. Knows nothing of what is sent: its keeper is told with every beat, in
 * slices, and asks whatever must be asked again now and then.
 */
export class Hub<S> {
  readonly #options: HubOptions<S>
  readonly #limits: StreamLimits
  readonly #owners = new Map<string, Stream<S>[]>()
  readonly #slices: Set<Stream<S>>[] = Array.from({ length: SLICES }, () => new Set())
  readonly #timer: NodeJS.Timeout
  #size = 0
  #next = 0
  #isClosed = false

  constructor(options: HubOptions<S>) {
    this.#options = options
    this.#limits = { ...LIMITS, ...definedOf(options) }
    this.#timer = setInterval(() => this.#beat(), (options.heartbeatMs ?? HEARTBEAT_MS) / SLICES).unref()
  }

  get size(): number {
    return this.#size
  }

  get owners(): Iterable<string> {
    return this.#owners.keys()
  }

  /** Oldest first. */
  of(owner: string): readonly Stream<S>[] {
    return this.#owners.get(owner) ?? []
  }

  *[Symbol.iterator](): IterableIterator<Stream<S>> {
    for (const slice of this.#slices) yield* slice
  }

  /** 503 `stream.full` where no more can be held, before anything is written. */
  assertRoom(): void {
    if (this.#isClosed || this.#size >= this.#options.maxStreams)
      throw unavailable('stream.full', 'Too many streams are open here; try again in a moment.')
  }

  /** Answers with the head, and keeps it from here on. The response is nobody else's any more. */
  open(
    response: ServerResponse,
    owner: string,
    state: S,
    headers: Readonly<Record<string, string>>,
  ): Stream<S> {
    const stream = new Stream(response, owner, state, this.#limits)
    const slice = this.#slices[Math.floor(Math.random() * SLICES)]!
    stream.onEnd = (reason) => {
      slice.delete(stream)
      this.#leave(stream)
      this.#options.onEnd?.(stream, reason)
    }
    stream.onDrain = () => this.#options.onDrain?.(stream)
    stream.begin(headers)
    slice.add(stream)
    this.#enter(stream)
    return stream
  }

  end(stream: Stream<S>, reason: EndReason): void {
    const [least, most] = RETRY_MS[reason]
    stream.end(reason, least + Math.random() * (most - least))
  }

  /** Ends all of them, and takes no more. */
  close(): void {
    this.#isClosed = true
    clearInterval(this.#timer)
    for (const stream of [...this]) this.end(stream, 'shutdown')
  }

  #enter(stream: Stream<S>): void {
    this.#size++
    const mine = this.#owners.get(stream.owner)
    if (mine === undefined) return void this.#owners.set(stream.owner, [stream])
    mine.push(stream)
    if (mine.length > this.#options.perOwner) this.end(mine[0]!, 'replaced')
  }

  #leave(stream: Stream<S>): void {
    this.#size--
    const left = this.of(stream.owner).filter((one) => one !== stream)
    if (left.length === 0) this.#owners.delete(stream.owner)
    else this.#owners.set(stream.owner, left)
  }

  #beat(): void {
    const slice = this.#slices[this.#next]!
    this.#next = (this.#next + 1) % SLICES
    const now = performance.now()
    for (const stream of slice) {
      stream.judge(now)
      if (!stream.isBehind) stream.send(HEARTBEAT)
    }
    if (slice.size > 0) this.#options.onBeat?.([...slice])
  }
}

function definedOf({ maxBuffered, stalledMs }: Partial<StreamLimits>): Partial<StreamLimits> {
  return { ...(maxBuffered !== undefined && { maxBuffered }), ...(stalledMs !== undefined && { stalledMs }) }
}
