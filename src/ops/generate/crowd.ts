/** Sizes after Zipf: the item at place k of a random ranking gets about 1/k^steepness, `total` together, none above `most`. */
export function zipfSizes(o: {
  readonly count: number
  readonly total: number
  readonly steepness: number
  readonly most: number
  /** In [0, 1) by item: who stands where in the ranking. */
  readonly rank: (item: number) => number
  /** In [0, 1) by item: rounds up or down. */
  readonly rounding: (item: number) => number
}): Uint32Array {
  const weights = new Float64Array(o.count)
  let sum = 0
  for (let item = 0; item < o.count; item++) {
    weights[item] = (1 + Math.floor(o.rank(item) * o.count)) ** -o.steepness
    sum += weights[item]!
  }
  const sizes = new Uint32Array(o.count)
  for (let item = 0; item < o.count; item++) {
    sizes[item] = Math.min(o.most, Math.floor((o.total * weights[item]!) / sum + o.rounding(item)))
  }
  return sizes
}

/** The running sum of 1/k^steepness, ending at 1, to pick from by `pick`. */
export function zipfLadder(count: number, steepness: number): Float64Array {
  const ladder = new Float64Array(count)
  let sum = 0
  for (let place = 0; place < count; place++) {
    sum += (place + 1) ** -steepness
    ladder[place] = sum
  }
  return ladder.map((step) => step / sum)
}

/** The place in the ladder that `u` in [0, 1) falls on. */
export function pick(ladder: Float64Array, u: number): number {
  let low = 0
  let high = ladder.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (ladder[middle]! <= u) low = middle + 1
    else high = middle
  }
  return low
}

const STRIDES = [10_007, 20_011, 30_011, 40_009, 50_021, 60_013, 70_001, 80_021, 90_001, 100_003]

/**
 * Calls with `size` different numbers below `pool` in a fixed, scattered order: an arithmetic walk round the pool by a
 * stride that is prime to it, so that nothing need be remembered to avoid repeats. `u` in [0, 1) says where it begins.
 */
export function walkCrowd(pool: number, size: number, u: number, call: (member: number) => void): void {
  if (size === 0 || pool === 0) return
  const first = Math.floor(u * STRIDES.length)
  const strides = [...STRIDES.slice(first), ...STRIDES.slice(0, first)]
  const stride = (strides.find((prime) => pool % prime !== 0) ?? 1) % pool
  let member = Math.floor(u * pool)
  for (let taken = 0; taken < Math.min(size, pool); taken++) {
    call(member)
    member += stride
    if (member >= pool) member -= pool
  }
}
