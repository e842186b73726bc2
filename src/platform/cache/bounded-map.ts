type Slot<V> = { readonly value: V; readonly bytes: number; readonly expiresAt: number }

export type Bounds = { readonly maxEntries: number; readonly maxBytes: number }

/** What a slot, its key's map entry and its numbers take beside the text itself, roughly. */
const SLOT_BYTES = 120
const SWEEP_STEP = 500

/**
 * Least recently used goes first when entries or bytes exceed the bounds; expired entries go when met, and by `sweep`.
 * A Map keeps insertion order, so a use is a delete and a set: about 0.1 µs, no second structure.
 */
export class BoundedMap<V> {
  readonly #slots = new Map<string, Slot<V>>()
  readonly #bounds: Bounds
  #bytes = 0
  #sweeping = this.#slots.entries()
  /** Never restarted but at its end: from the start it would step over every deleted entry, at each eviction. */
  #oldest = this.#slots.keys()

  constructor(bounds: Bounds) {
    this.#bounds = bounds
  }

  get size(): number {
    return this.#slots.size
  }

  get bytes(): number {
    return this.#bytes
  }

  get(key: string, now: number): V | undefined {
    const slot = this.#slots.get(key)
    if (slot === undefined) return undefined
    this.#slots.delete(key)
    if (slot.expiresAt <= now) {
      this.#bytes -= slot.bytes
      return undefined
    }
    this.#slots.set(key, slot)
    return slot.value
  }

  /** `length` in UTF-16 units. A value that would fill more than the whole is not kept. */
  set(key: string, value: V, length: number, expiresAt: number): void {
    this.delete(key)
    const bytes = 2 * (key.length + length) + SLOT_BYTES
    if (bytes > this.#bounds.maxBytes) return
    this.#slots.set(key, { value, bytes, expiresAt })
    this.#bytes += bytes
    while (this.#bytes > this.#bounds.maxBytes || this.#slots.size > this.#bounds.maxEntries) this.#evict()
  }

  delete(key: string): void {
    const slot = this.#slots.get(key)
    if (slot === undefined) return
    this.#slots.delete(key)
    this.#bytes -= slot.bytes
  }

  clear(): void {
    this.#slots.clear()
    this.#bytes = 0
  }

  /** Looks at the next few hundred entries only, so that a full map never holds up the event loop. */
  sweep(now: number): void {
    for (let looked = 0; looked < SWEEP_STEP; looked++) {
      const { value: entry, done } = this.#sweeping.next()
      if (done) {
        this.#sweeping = this.#slots.entries()
        return
      }
      if (entry[1].expiresAt <= now) this.delete(entry[0])
    }
  }

  #evict(): void {
    const { value: key, done } = this.#oldest.next()
    if (done) this.#oldest = this.#slots.keys()
    else this.delete(key)
  }
}
