/** An event of the stream, with the id to come back to. */
export type StreamEvent = {
  readonly event: string
  readonly data: Record<string, unknown>
  readonly id: string
}

type Options = {
  readonly lastId: () => string
  readonly onEvent: (event: StreamEvent) => void
  /** The platform has ended it for good, or for as long as nobody looks again. */
  readonly onReplaced: () => void
}

const EVENTS = ['notification', 'unread', 'counters', 'presence', 'reset', 'heartbeat', 'bye'] as const
/** Two heartbeats and some: then the connection is dead, whatever the browser believes. */
const SILENCE_MS = 60_000
const LOOK_MS = 10_000
/** After an answer that is no stream (429, 503, signed out), which browsers take for the end. */
const REFUSED_MS = [15_000, 60_000, 300_000] as const
const MOST_WATCHED = 20

export type OpenStream = {
  /** What is on the screens: asked for anew when it changes. */
  watch(subjects: readonly string[]): void
  close(): void
}

/** The one connection of this browser. Comes again by itself, with the last id, after whatever ends it. */
export function openStream({ lastId, onEvent, onReplaced }: Options): OpenStream {
  let source: EventSource | undefined
  let watched: readonly string[] = []
  let heardAt = 0
  let refusals = 0
  let again: ReturnType<typeof setTimeout> | undefined
  let isClosed = false
  const watchdog = setInterval(() => {
    // A machine that slept has not listened either.
    if (source !== undefined && Date.now() - heardAt > SILENCE_MS) open()
  }, LOOK_MS)

  function open(): void {
    clearTimeout(again)
    source?.close()
    heardAt = Date.now()
    const query = new URLSearchParams()
    if (lastId() !== '') query.set('last_event_id', lastId())
    if (watched.length > 0) query.set('watch', watched.join(','))
    const opened = new EventSource(`/api/v1/stream?${query}`)
    source = opened
    for (const name of EVENTS) opened.addEventListener(name, (event) => hear(opened, event))
    opened.addEventListener('error', () => {
      if (opened === source && opened.readyState === EventSource.CLOSED) wait()
    })
  }

  function hear(from: EventSource, { type, data, lastEventId }: MessageEvent<string>): void {
    if (from !== source) return
    heardAt = Date.now()
    refusals = 0
    const said = JSON.parse(data) as Record<string, unknown>
    if (type === 'bye' && said.reason === 'replaced') {
      close()
      onReplaced()
    } else onEvent({ event: type, data: said, id: lastEventId })
  }

  function wait(): void {
    source = undefined
    const least = REFUSED_MS[Math.min(refusals++, REFUSED_MS.length - 1)]!
    again = setTimeout(open, least * (1 + Math.random()))
  }

  function close(): void {
    isClosed = true
    clearInterval(watchdog)
    clearTimeout(again)
    source?.close()
    source = undefined
  }

  // What the screens want is said within the same moment: one connection, not two.
  again = setTimeout(open, 50)
  return {
    watch(subjects) {
      const wanted = [...new Set(subjects)].sort().slice(0, MOST_WATCHED)
      const isNew = wanted.some((subject) => !watched.includes(subject))
      // What has left the screen may go on being told until the next connection.
      if (!isNew || isClosed) return
      watched = wanted
      clearTimeout(again)
      again = setTimeout(open, 300)
    },
    close,
  }
}
