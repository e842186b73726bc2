import { BoundedMap } from '../cache/bounded-map.ts'
import type { Cache, LimitResult } from '../cache/index.ts'

/**
 * Windows that slide over two buckets: what was counted in this one, and of the one before the share that the window
 * still covers. Nothing is awaited to count: a process counts by itself, and tells the shared cache once a second, whose
 * answer brings back what the others counted.
 *
 * How far off it is: requests of the bucket before are taken as evenly spread, so between two bursts a window may hold up
 * to twice its limit, but never two windows in a row; each other process may let pass what it counts within the second
 * before it tells, and the difference of two clocks shifts their windows. A cache that is away adds what other processes
 * count meanwhile: every one still holds the limit by itself.
 */
export type SlidingCounters = {
  window(name: string, seconds: number): SlidingWindow
  close(): void
}

export type SlidingWindow = {
  /** Counts one request of `subject`, unless that makes more than `max`. */
  pass(subject: string, max: number, now: number): LimitResult
}

type Slot = {
  readonly key: string
  readonly span: number
  /** Number of the bucket that is being counted: time divided by span. */
  bucket: number
  /** Everybody's, as far as is known. */
  current: number
  previous: number
  /** Ours, of `current` and `previous`, that the shared cache has not been told. */
  untold: number
  untoldBefore: number
  isQueued: boolean
}

type Parts = { readonly cache: Pick<Cache, 'increase'>; readonly everyMs?: number }

const TELL_MS = 1000
const MOST_QUEUED = 10_000
const BATCH = 500
/** A slot takes about 300 bytes. Who falls out, unseen for the longest, is counted on from what the shared cache knows. */
const BOUNDS = { maxEntries: 20_000, maxBytes: 8 * 1024 * 1024 }
const SLOT_LENGTH = 60

export function createSlidingCounters({ cache, everyMs = TELL_MS }: Parts): SlidingCounters {
  const stores: BoundedMap<Slot>[] = []
  let queue: Slot[] = []
  let isTelling = false
  const timer = setInterval(() => {
    for (const store of stores) store.sweep(Date.now())
    void tell()
  }, everyMs).unref()

  /** The queue is bounded: whoever finds no place is queued at their next request. */
  function enqueue(slot: Slot): void {
    if (slot.isQueued || queue.length >= MOST_QUEUED) return
    slot.isQueued = true
    queue.push(slot)
  }

  async function tell(): Promise<void> {
    if (isTelling || queue.length === 0) return
    isTelling = true
    const slots = queue
    queue = []
    const batches = Array.from({ length: Math.ceil(slots.length / BATCH) }, (_, i) =>
      slots.slice(i * BATCH, (i + 1) * BATCH),
    )
    await Promise.all(batches.map((batch) => tellBatch(cache, batch)))
    isTelling = false
  }

  return {
    window(name, seconds) {
      const span = seconds * 1000
      const slots = new BoundedMap<Slot>(BOUNDS)
      stores.push(slots)

      function slotOf(subject: string, now: number): Slot {
        const bucket = Math.floor(now / span)
        const known = slots.get(subject, now)
        if (known?.bucket === bucket) return known
        const slot = known ?? newSlot(`rate:${name}:${subject}`, span, bucket)
        turnTo(slot, bucket)
        slots.set(subject, slot, SLOT_LENGTH, (bucket + 2) * span)
        return slot
      }

      return {
        pass(subject, max, now) {
          const slot = slotOf(subject, now)
          const result = passSlot(slot, max, now)
          if (result.allowed) enqueue(slot)
          return result
        },
      }
    },
    close: () => clearInterval(timer),
  }
}

function newSlot(key: string, span: number, bucket: number): Slot {
  return { key, span, bucket, current: 0, previous: 0, untold: 0, untoldBefore: 0, isQueued: false }
}

function turnTo(slot: Slot, bucket: number): void {
  if (slot.bucket === bucket) return
  const isNext = slot.bucket === bucket - 1
  slot.previous = isNext ? slot.current : 0
  slot.untoldBefore = isNext ? slot.untold : 0
  slot.current = 0
  slot.untold = 0
  slot.bucket = bucket
}

function passSlot(slot: Slot, max: number, now: number): LimitResult {
  const left = (slot.bucket + 1) * slot.span - now
  const used = slot.current + (slot.previous * left) / slot.span
  const allowed = used + 1 <= max
  if (allowed) {
    slot.current++
    slot.untold++
  }
  const remaining = Math.max(0, Math.floor(max - used) - (allowed ? 1 : 0))
  return { allowed, remaining, resetSeconds: Math.ceil((allowed ? left : untilRoom(slot, max, left)) / 1000) }
}

/** Milliseconds until one more passes: when enough of the bucket before, else of this one, has left the window. */
function untilRoom({ current, previous, span }: Slot, max: number, left: number): number {
  if (current + 1 <= max) return left - ((max - 1 - current) * span) / previous
  return left + span - ((max - 1) * span) / current
}

type Told = { readonly slot: Slot; readonly bucket: number; readonly key: string; readonly by: number }

async function tellBatch(cache: Pick<Cache, 'increase'>, slots: readonly Slot[]): Promise<void> {
  const told = slots.flatMap(take)
  const increases = told.map(({ key, by, slot }) => ({ key, by, ttlSeconds: (2 * slot.span) / 1000 }))
  try {
    const totals = await cache.increase(increases)
    told.forEach((one, i) => {
      learn(one, totals[i] ?? 0)
    })
  } catch {
    // The cache is away, and its own metrics say so: what it was not told is told with the next request.
    for (const one of told) giveBack(one)
  }
}

function take(slot: Slot): Told[] {
  const { key, bucket, untold, untoldBefore } = slot
  slot.isQueued = false
  slot.untold = 0
  slot.untoldBefore = 0
  const told = [{ slot, bucket, key: `${key}:${bucket}`, by: untold }]
  if (untoldBefore > 0) told.push({ slot, bucket: bucket - 1, key: `${key}:${bucket - 1}`, by: untoldBefore })
  return told
}

/** A cache that was emptied knows less than we do; what is known here then stands. */
function learn({ slot, bucket }: Told, total: number): void {
  if (slot.bucket === bucket) slot.current = Math.max(slot.current, total + slot.untold)
  else if (slot.bucket === bucket + 1) slot.previous = Math.max(slot.previous, total + slot.untoldBefore)
}

function giveBack({ slot, bucket, by }: Told): void {
  if (slot.bucket === bucket) slot.untold += by
  else if (slot.bucket === bucket + 1) slot.untoldBefore += by
}
