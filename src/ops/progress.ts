import type { WriteStream } from 'node:tty'

export type Progress = {
  /** Says what goes on now. */
  phase(name: string): void
  /** So much of the `work` is done, so many more things with it. */
  advance(work: number, things?: number): void
  /** Clears the line, for what is printed next. Safe to repeat. */
  end(): void
}

type Output = Pick<WriteStream, 'write'> & { readonly isTTY?: boolean; readonly columns?: number }

export type ProgressOptions = {
  /** In any measure that grows evenly with time. */
  readonly work: number
  /** What the things are called. */
  readonly unit: string
  readonly output?: Output
  /** Milliseconds. */
  readonly now?: () => number
}

const REDRAW_MS = 200
const PLAIN_MS = 5_000
const BAR = 24

/**
 * Long work that shows where it is: on a terminal a bar that is drawn over itself, elsewhere a line with each phase and
 * every five seconds. Writes to stderr, since stdout is the command's answer.
 */
export function showProgress({
  work,
  unit,
  output = process.stderr,
  now = Date.now,
}: ProgressOptions): Progress {
  const pause = output.isTTY ? REDRAW_MS : PLAIN_MS
  const began = now()
  const state = { name: '', done: 0, things: 0, countedUntil: began }
  let shown = Number.NEGATIVE_INFINITY

  function show(): void {
    shown = now()
    const line = describe({ ...state, work, unit, began, now: shown })
    const drawn = `${bar(state.done / work)} ${line}`.slice(0, output.columns ?? 200)
    output.write(output.isTTY ? `\r\x1b[K${drawn}` : `${line}\n`)
  }

  function showInTime(): void {
    if (now() - shown >= pause) show()
  }

  // A long step, such as one great index, is silent itself.
  const heartbeat = setInterval(showInTime, pause).unref()
  return {
    phase(name) {
      state.name = name
      show()
    },
    advance(more, things = 0) {
      state.done += more
      state.things += things
      if (things > 0) state.countedUntil = now()
      showInTime()
    },
    end() {
      clearInterval(heartbeat)
      if (output.isTTY) output.write('\r\x1b[K')
    },
  }
}

function bar(share: number): string {
  const full = Math.round(Math.min(1, share) * BAR)
  return `[${'#'.repeat(full)}${' '.repeat(BAR - full)}]`
}

type State = {
  readonly name: string
  readonly done: number
  readonly work: number
  readonly things: number
  readonly unit: string
  readonly began: number
  readonly countedUntil: number
  readonly now: number
}

function describe({ name, done, work, things, unit, began, countedUntil, now }: State): string {
  const percent = work > 0 ? Math.floor((100 * Math.min(done, work)) / work) : 100
  const seconds = (now - began) / 1000
  const counting = (countedUntil - began) / 1000
  const rate = counting > 1 ? ` (${whole(things / counting)}/s)` : ''
  const left =
    seconds > 3 && done > 0 && done < work ? `, ${clock((seconds / done) * (work - done))} left` : ''
  return `${percent} % ${name}: ${whole(things)} ${unit}${rate}${left}`
}

const whole = (value: number) => Math.round(value).toLocaleString('en-US')

function clock(seconds: number): string {
  const rounded = Math.round(seconds)
  return `${Math.floor(rounded / 60)}:${String(rounded % 60).padStart(2, '0')}`
}
