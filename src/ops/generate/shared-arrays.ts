/** Arrays that every thread of the load reads without a copy. */
export const shared = {
  bytes: (size: number) => new Uint8Array(new SharedArrayBuffer(size)),
  words: (size: number) => new Uint32Array(new SharedArrayBuffer(size * 4)),
  /** Milliseconds since 1970, weights. */
  numbers: (size: number) => new Float64Array(new SharedArrayBuffer(size * 8)),
}

const HOUR = 3_600_000

/** The indexes in the order of their hour (within one hour in the order they had): a counting sort, since millions are sorted. */
export function inTimeOrder(times: Float64Array): Uint32Array {
  let first = Number.POSITIVE_INFINITY
  let last = 0
  for (const time of times) {
    if (time < first) first = time
    if (time > last) last = time
  }
  // Whole hours since 1970, so that no hour spans the end of a month.
  first -= first % HOUR
  const places = new Uint32Array(times.length === 0 ? 1 : Math.floor((last - first) / HOUR) + 2)
  for (const time of times) places[Math.floor((time - first) / HOUR) + 1]! += 1
  for (let hour = 1; hour < places.length; hour++) places[hour]! += places[hour - 1]!
  const order = new Uint32Array(times.length)
  for (let index = 0; index < times.length; index++) {
    order[places[Math.floor((times[index]! - first) / HOUR)]!++] = index
  }
  return order
}
