import type { WriteStream } from 'node:tty'

export type Progress = {
  /** Says what goes on now. */
  phase(name: string): void
  /** So many of the `total` steps are done. */
  advance(steps: number): void
  /** Clears the line, for what is printed next. */
  end(): void
}

type Output = Pick<WriteStream, 'write'> & { readonly isTTY?: boolean; readonly columns?: number }
type Options = {
  readonly total: number
  readonly unit: string
  readonly output?: Output
  readonly now?: () => number
}

const REDRAW_MS = 100
const PLAIN_MS = 5_000
const BAR = 24

/**
 * Long work that shows where it is: on a terminal a bar that is drawn over itself, elsewhere a line with each phase and
 * every five seconds. Writes to stderr, since stdout is the command's answer.
 */
export function showProgress({ total, unit, output = process.stderr, now = Date.now }: Options): Progress {
  const began = now()
  const pause = output.isTTY ? REDRAW_MS : PLAIN_MS
  let done = 0
  let name = ''
  let shown = Number.NEGATIVE_INFINITY

  function show(force: boolean): void {
    if (!force && now() - shown < pause) return
    shown = now()
    const line = describe({ name, done, total, unit, seconds: (shown - began) / 1000 })
    output.write(
      output.isTTY ? `\r\x1b[K${bar(done / total)} ${line}`.slice(0, output.columns ?? 200) : `${line}\n`,
    )
  }

  return {
    phase(next) {
      name = next
      show(true)
    },
    advance(steps) {
      done += steps
      show(false)
    },
    end() {
      if (output.isTTY) output.write('\r\x1b[K')
    },
  }
}

function bar(share: number): string {
  const full = Math.round(Math.min(1, share) * BAR)
  return `[${'#'.repeat(full)}${' '.repeat(BAR - full)}]`
}

function describe(state: {
  name: string
  done: number
  total: number
  unit: string
  seconds: number
}): string {
  const { name, done, total, unit, seconds } = state
  const percent = `${Math.floor((100 * Math.min(done, total)) / total)} %`
  const rate = seconds > 1 ? `, ${whole(done / seconds)}/s` : ''
  const left =
    seconds > 3 && done > 0 && done < total ? `, ${clock((seconds / done) * (total - done))} left` : ''
  return `${percent} ${name}: ${whole(done)} of ${whole(total)} ${unit}${rate}${left}`
}

const whole = (value: number) => Math.round(value).toLocaleString('en-US')

function clock(seconds: number): string {
  const rounded = Math.round(seconds)
  return `${Math.floor(rounded / 60)}:${String(rounded % 60).padStart(2, '0')}`
}
