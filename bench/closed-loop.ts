import { performance } from 'node:perf_hooks'

export type Rate = { readonly rate: number; readonly p50: number; readonly p95: number; readonly p99: number }

type Options = {
  readonly callers: number
  readonly seconds: number
  /** Not measured; null: not even once. */
  readonly warmupSeconds: number | null
}

/** Calls `work(i)` from so many callers at once, each beginning again as soon as it ends. Times are in milliseconds. */
export async function closedLoop(work: (i: number) => Promise<unknown>, options: Options): Promise<Rate> {
  const { callers, seconds, warmupSeconds } = options
  let next = 0
  const run = async (forSeconds: number) => {
    const times: number[] = []
    const from = performance.now()
    const caller = async () => {
      do {
        const begun = performance.now()
        await work(next++)
        times.push(performance.now() - begun)
      } while (performance.now() < from + forSeconds * 1000)
    }
    await Promise.all(Array.from({ length: callers }, caller))
    return summary(times, (performance.now() - from) / 1000)
  }
  if (warmupSeconds !== null) await run(warmupSeconds)
  return run(seconds)
}

/** The fastest, because what slows a run down is seldom what is measured. */
export function best<T extends Rate>(runs: readonly T[]): T | undefined {
  return runs.reduce<T | undefined>(
    (found, run) => (found && found.rate >= run.rate ? found : run),
    undefined,
  )
}

function summary(times: readonly number[], seconds: number): Rate {
  const sorted = Float64Array.from(times).sort()
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  return { rate: times.length / seconds, p50: at(0.5), p95: at(0.95), p99: at(0.99) }
}
