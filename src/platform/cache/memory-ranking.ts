/** A sorted set: the order is made when it is asked for, and kept until the next change. */
export class MemoryRanking {
  readonly #scores = new Map<string, number>()
  #order: string[] | undefined
  /** UTF-16 units of all members, with their scores. */
  length = 0
  expiresAt = Number.POSITIVE_INFINITY

  put(member: string, score: number): void {
    if (!this.#scores.has(member)) this.length += member.length + 8
    this.#scores.set(member, score)
    this.#order = undefined
  }

  remove(member: string): void {
    if (!this.#scores.delete(member)) return
    this.length -= member.length + 8
    this.#order = undefined
  }

  /** Highest score first; members of one score in descending order, as Redis has them. */
  top(limit: number): string[] {
    this.#order ??= [...this.#scores]
      .sort(([a, scoreA], [b, scoreB]) => scoreB - scoreA || (a < b ? 1 : -1))
      .map(([member]) => member)
    return this.#order.slice(0, Math.max(0, limit))
  }
}
