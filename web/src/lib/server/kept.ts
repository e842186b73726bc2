type Entry<T> = { readonly value: Promise<T>; readonly until: number }

/**
 * What took long to make, kept for `seconds` and for as many keys as `most`, the least lately asked for going first. Who asks
 * while it is made waits for the same; what fails is forgotten.
 */
export class Kept<T> {
  readonly #entries = new Map<string, Entry<T>>()
  readonly #most: number
  readonly #seconds: number

  constructor({ most, seconds }: { most: number; seconds: number }) {
    this.#most = most
    this.#seconds = seconds
  }

  get(key: string, make: () => Promise<T>): Promise<T> {
    const known = this.#entries.get(key)
    this.#entries.delete(key)
    const entry = known && known.until > Date.now() ? known : this.#made(key, make)
    this.#entries.set(key, entry)
    const [oldest] = this.#entries.keys()
    if (this.#entries.size > this.#most && oldest !== undefined) this.#entries.delete(oldest)
    return entry.value
  }

  #made(key: string, make: () => Promise<T>): Entry<T> {
    const entry = { value: make(), until: Date.now() + this.#seconds * 1000 }
    entry.value.catch(() => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key)
    })
    return entry
  }
}
