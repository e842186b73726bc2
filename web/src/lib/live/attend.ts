import { type OpenStream, openStream, type StreamEvent } from './stream.ts'

type Options = {
  /** Whose it is: another person's tabs have nothing to do with it. */
  readonly person: string
  readonly onEvent: (event: StreamEvent) => void
}

/** What tabs tell each other. */
type Said =
  | { readonly say: 'event'; readonly event: StreamEvent }
  /** The whole of what a tab has on its screen; nothing: it is hidden or gone. */
  | { readonly say: 'want'; readonly tab: string; readonly subjects: readonly string[] }
  /** Whoever leads begins anew and asks. */
  | { readonly say: 'who' }

/** A tab that is hidden for so long needs nothing: it comes back to where it was. */
const HIDDEN_MS = 60_000

export type Attendance = {
  want(subjects: readonly string[]): void
  end(): void
}

/**
 * Follows the live stream: one connection for all tabs of this browser. Whichever visible tab holds the lock has it, and
 * tells the others over a channel; when it is hidden or closed the next one goes on from the last event.
 */
export function attend({ person, onEvent }: Options): Attendance {
  const name = `live:${person}`
  const tab = crypto.randomUUID()
  const channel = new BroadcastChannel(name)
  const wants = new Map<string, readonly string[]>()
  let mine: readonly string[] = []
  let lastId = ''
  let stream: OpenStream | undefined
  let leading: AbortController | undefined
  let hiding: ReturnType<typeof setTimeout> | undefined

  function take(event: StreamEvent): void {
    if (event.id !== '') lastId = event.id
    onEvent(event)
  }

  channel.onmessage = ({ data }: MessageEvent<Said>) => {
    if (data.say === 'event') take(data.event)
    else if (data.say === 'want') {
      if (data.subjects.length > 0) wants.set(data.tab, data.subjects)
      else wants.delete(data.tab)
      rewatch()
    } else tellWants()
  }

  function say(said: Said): void {
    channel.postMessage(said)
  }

  function tellWants(): void {
    say({ say: 'want', tab, subjects: document.hidden ? [] : mine })
  }

  function rewatch(): void {
    stream?.watch([...mine, ...[...wants.values()].flat()])
  }

  /** Waits for its turn, and leads until it is told to stop. */
  function queue(): void {
    if (leading !== undefined) return
    const turn = new AbortController()
    leading = turn
    navigator.locks.request(name, { signal: turn.signal }, () => lead(turn.signal)).catch(() => undefined)
  }

  function lead(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve()
      stream = openStream({
        lastId: () => lastId,
        onEvent: (event) => {
          take(event)
          say({ say: 'event', event })
        },
        // Another device took the place: this one asks again when somebody looks at it again.
        onReplaced: leave,
      })
      wants.clear()
      say({ say: 'who' })
      rewatch()
      // An abort after the lock is held releases nothing by itself.
      signal.addEventListener('abort', () => {
        stream?.close()
        stream = undefined
        resolve()
      })
    })
  }

  function leave(): void {
    leading?.abort()
    leading = undefined
  }

  function look(): void {
    clearTimeout(hiding)
    tellWants()
    if (document.hidden) hiding = setTimeout(leave, HIDDEN_MS)
    else queue()
  }

  /** Kept by the browser for coming back: it must hold neither connection nor lock meanwhile. */
  function hide(): void {
    say({ say: 'want', tab, subjects: [] })
    leave()
  }

  document.addEventListener('visibilitychange', look)
  addEventListener('pagehide', hide)
  addEventListener('pageshow', look)
  look()

  return {
    want(subjects) {
      mine = subjects
      tellWants()
      rewatch()
    },
    end() {
      clearTimeout(hiding)
      document.removeEventListener('visibilitychange', look)
      removeEventListener('pagehide', hide)
      removeEventListener('pageshow', look)
      hide()
      channel.close()
    },
  }
}
