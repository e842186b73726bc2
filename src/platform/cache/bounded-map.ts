type Slot<V> = {
  readonly key: string
  /** Undefined once deleted: the slot itself goes with the sweep. */
  value: V | undefined
  bytes: number
  expiresAt: number
  newer: Slot<V> | undefined
  older: Slot<V> | undefined
}

export type Bounds = { readonly maxEntries: number; readonly maxBytes: number }

/** What a slot and its place in the map take beside the text itself, roughly. */
const SLOT_BYTES = 160
const SWEEP_STEP = 500

/**
 * Least recently used goes first when entries or bytes exceed the bounds; expired entries go with the sweep.
 *
 * The order is a linked list and a deleted slot stays in the map for the sweep, because V8's Map keeps a deleted
 * entry in its hash chain until the next rehash: re-inserting one hot key at each read (the usual way to keep the
 * order in a Map) made reads of that key 50 µs among 20,000 others, instead of 0.1 µs.
 */
export class BoundedMap<V> {
  readonly #slots = new Map<string, Slot<V>>()
  readonly #bounds: Bounds
  #bytes = 0
  #newest: Slot<V> | undefined
  #oldest: Slot<V> | undefined
  #sweeping = this.#slots.values()

  constructor(bounds: Bounds) {
    this.#bounds = bounds
  }

  /** Entries held, those that expired or were deleted since the last sweep included. */
  get size(): number {
    return this.#slots.size
  }

  get bytes(): number {
    return this.#bytes
  }

  get(key: string, now: number): V | undefined {
    const slot = this.#slots.get(key)
    if (slot === undefined || slot.expiresAt <= now) return undefined
    this.#touch(slot)
    return slot.value
  }

  /** `length` in UTF-16 units. A value that would fill more than the whole is not kept. */
  set(key: string, value: V, length: number, expiresAt: number): void {
    const bytes = 2 * (key.length + length) + SLOT_BYTES
    if (bytes > this.#bounds.maxBytes) {
      this.delete(key)
      return
    }
    const slot = this.#slots.get(key) ?? this.#add(key)
    this.#bytes += bytes - slot.bytes
    slot.bytes = bytes
    slot.value = value
    slot.expiresAt = expiresAt
    this.#touch(slot)
    while (this.#bytes > this.#bounds.maxBytes || this.#slots.size > this.#bounds.maxEntries) this.#evict()
  }

  delete(key: string): void {
    const slot = this.#slots.get(key)
    if (slot === undefined) return
    const bytes = 2 * key.length + SLOT_BYTES
    this.#bytes += bytes - slot.bytes
    slot.bytes = bytes
    slot.value = undefined
    slot.expiresAt = Number.NEGATIVE_INFINITY
  }

  clear(): void {
    this.#slots.clear()
    this.#newest = undefined
    this.#oldest = undefined
    this.#bytes = 0
  }

  /** Looks at the next few hundred entries only, so that a full map never holds up the event loop. */
  sweep(now: number): void {
    for (let looked = 0; looked < SWEEP_STEP; looked++) {
      const { value: slot, done } = this.#sweeping.next()
      if (done) {
        this.#sweeping = this.#slots.values()
        return
      }
      if (slot.expiresAt <= now) this.#remove(slot)
    }
  }

  #add(key: string): Slot<V> {
    const slot: Slot<V> = {
      key,
      value: undefined,
      bytes: 0,
      expiresAt: 0,
      newer: undefined,
      older: undefined,
    }
    this.#slots.set(key, slot)
    return slot
  }

  #touch(slot: Slot<V>): void {
    if (this.#newest === slot) return
    this.#unlink(slot)
    slot.older = this.#newest
    if (this.#newest) this.#newest.newer = slot
    this.#newest = slot
    this.#oldest ??= slot
  }

  #unlink(slot: Slot<V>): void {
    if (slot.older) slot.older.newer = slot.newer
    if (slot.newer) slot.newer.older = slot.older
    if (this.#oldest === slot) this.#oldest = slot.newer
    if (this.#newest === slot) this.#newest = slot.older
    slot.newer = undefined
    slot.older = undefined
  }

  #remove(slot: Slot<V>): void {
    this.#unlink(slot)
    this.#slots.delete(slot.key)
    this.#bytes -= slot.bytes
  }

  #evict(): void {
    if (this.#oldest) this.#remove(this.#oldest)
  }
}
