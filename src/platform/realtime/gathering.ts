import { setTimeout as sleep } from 'node:timers/promises'

export type Gathering<T> = {
  /** To be worked on soon; what is named again before that is worked on once. */
  add(...items: readonly T[]): void
  /** How many wait. */
  readonly size: number
  /** Nothing is begun any more; resolves when what is under way has ended. */
  close(): Promise<void>
}

type Options<T> = {
  /** The most that are worked on together. */
  readonly size: number
  /** How many such batches are under way at once. */
  readonly flights: number
  readonly work: (items: readonly T[]) => Promise<void>
  readonly onFailure: (error: unknown) => void
}

const REST_MS = 1000

/**
 * Work that comes one by one and is cheaper together: the first of a burst is done at once, what comes while that is under
 * way is done with the next batch. A batch that fails is gathered again, after a second's rest.
 */
export function gather<T>({ size, flights, work, onFailure }: Options<T>): Gathering<T> {
  const waiting = new Set<T>()
  const underWay = new Set<Promise<void>>()
  const stopping = new AbortController()
  let isAwake = false

  function wake(): void {
    if (isAwake) return
    isAwake = true
    // What is named in the same turn goes together.
    queueMicrotask(() => {
      isAwake = false
      while (waiting.size > 0 && underWay.size < flights && !stopping.signal.aborted) launch()
    })
  }

  function launch(): void {
    const items: T[] = []
    for (const item of waiting) {
      if (items.length === size) break
      items.push(item)
      waiting.delete(item)
    }
    const flight = run(items).finally(() => {
      underWay.delete(flight)
      if (waiting.size > 0) wake()
    })
    underWay.add(flight)
  }

  async function run(items: readonly T[]): Promise<void> {
    try {
      await work(items)
    } catch (error) {
      onFailure(error)
      for (const item of items) waiting.add(item)
      await sleep(REST_MS, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined)
    }
  }

  return {
    add(...items) {
      for (const item of items) waiting.add(item)
      if (items.length > 0) wake()
    },
    get size() {
      return waiting.size
    },
    async close() {
      stopping.abort()
      await Promise.all(underWay)
    },
  }
}
