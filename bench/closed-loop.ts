import { performance } from 'node:perf_hooks'

export type Rate = { readonly rate: number; readonly p50: number; readonly p95: number; readonly p99: number }

type Options = {
  readonly callers: number
  readonly seconds: number
  readonly warmupSeconds?: number
  readonly least?: number
}

/**
 * Calls `work(i)` from so many callers at once, each beginning again as soon as it ends. Times are in milliseconds.
 * Goes on past `seconds` until `least` calls have ended, so that a slow statement is measured too.
 */
export async function closedLoop(work: (i: number) => Promise<unknown>, options: Options): Promise<Rate> {
  const { callers, seconds, warmupSeconds = 0.5, least = 3 } = options
  let next = 0
  let times: number[] = []
  let until = performance.now() + warmupSeconds * 1000
  const caller = async () => {
    do {
      const begun = performance.now()
      await work(next++)
      times.push(performance.now() - begun)
    } while (performance.now() < until || times.length < least)
  }
  const everyone = () => Promise.all(Array.from({ length: callers }, caller))
  await everyone()
  times = []
  const begun = performance.now()
  until = begun + seconds * 1000
  await everyone()
  return summary(times, (performance.now() - begun) / 1000)
}

function summary(times: readonly number[], seconds: number): Rate {
  const sorted = Float64Array.from(times).sort()
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  return { rate: times.length / seconds, p50: at(0.5), p95: at(0.95), p99: at(0.99) }
}
