import { randomFillSync } from 'node:crypto'

const RANDOM = Buffer.alloc(16 * 256)
const STEPS = 4096
let used = RANDOM.length
let last = 0

/**
 * A v7 id (RFC 9562) made here, because the MAC covers it: milliseconds, twelve bits that keep the ids of one process in
 * order, 62 random bits. `time` is its millisecond, which the row carries too.
 */
export function newLogId(): { id: string; time: number } {
  if (used === RANDOM.length) {
    randomFillSync(RANDOM)
    used = 0
  }
  last = nextStep(Date.now() * STEPS)
  const time = Math.floor(last / STEPS)
  const hex = time.toString(16).padStart(12, '0')
  const step = (last % STEPS).toString(16).padStart(3, '0')
  RANDOM[used] = (RANDOM[used]! & 0x3f) | 0x80
  const random = RANDOM.toString('hex', used, used + 8)
  used += 16
  return {
    id: `${hex.slice(0, 8)}-${hex.slice(8)}-7${step}-${random.slice(0, 4)}-${random.slice(4)}`,
    time,
  }
}

/** A clock that is set back by more than a second is followed; the order of ids is a convenience, their time is not. */
function nextStep(now: number): number {
  return now > last || last - now > 1000 * STEPS ? now : last + 1
}
