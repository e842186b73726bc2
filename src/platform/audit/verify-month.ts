import { type AuditMacs, MAC_BYTES } from './macs.ts'
import { isHeadOf, type Seal } from './seal-head.ts'

/** A row as the database holds it: its id's 16 bytes, whether its transaction is below the last seal's end, its MAC and its text. */
export type HeldRow = {
  readonly id: Buffer
  readonly isBelow: boolean
  readonly mac: Buffer
  readonly text: Buffer
}

export type ProblemKind =
  /** What the row says is not what was written. */
  | 'altered'
  /** A seal covers a row that is not there. */
  | 'removed'
  /** A row that no seal covers although it should, or whose MAC is none of ours. */
  | 'inserted'
  /** A seal is not as it was made, or is missing in its chain. */
  | 'seal_altered'
  | 'seal_missing'
  /** A seal has a copy outside and is not in the database: the end of the chain was cut off. */
  | 'tail_cut'
  /** A seal that was kept outside is no longer there. */
  | 'copy_missing'

export type Problem = { readonly kind: ProblemKind; readonly logId?: string; readonly seal?: number }

type Place = { readonly seal: Seal; readonly macs: Buffer; at: number; isWhole: boolean }

/**
 * Holds the rows of one class and month, which come in the order of their ids, against its seals. Each row is looked at
 * once: a seal's ids ascend too, and seals overlap only by what ran at the same time.
 */
export class MonthCheck {
  readonly #keys: AuditMacs
  readonly #report: (problem: Problem) => void
  readonly #waiting: Seal[]
  #open: Place[] = []
  rows = 0
  unsealed = 0

  constructor(keys: AuditMacs, seals: readonly Seal[], report: (problem: Problem) => void) {
    this.#keys = keys
    this.#report = report
    this.#waiting = seals.toSorted((a, b) => Buffer.compare(firstId(b), firstId(a)))
  }

  take({ id, isBelow, mac, text }: HeldRow): void {
    this.rows++
    const place = this.#placeOf(id)
    const isSigned = this.#keys.isOf(text, mac)
    if (place) {
      if (isSigned) mac.copy(place.macs, place.at * MAC_BYTES)
      else this.#spoil(place, 'altered', id)
      place.at++
    } else if (!isSigned || isBelow) this.#report({ kind: 'inserted', logId: uuidOf(id) })
    else this.unsealed++
  }

  /** After the last row. */
  end(): void {
    this.#openUpTo(LAST_ID)
    for (const place of this.#open) {
      this.#skipTo(place, AFTER_ALL)
      this.#close(place)
    }
  }

  /** The seal whose turn it is for this id; what seals say comes before it is not there. */
  #placeOf(id: Buffer): Place | undefined {
    this.#openUpTo(id)
    let found: Place | undefined
    let isDone = false
    for (const place of this.#open) {
      const order = this.#skipTo(place, id)
      if (order === 0) found = place
      if (order === undefined) isDone = true
    }
    if (isDone) this.#open = this.#open.filter((place) => !this.#isClosed(place))
    return found
  }

  #openUpTo(id: Buffer): void {
    for (
      let next = this.#waiting.at(-1);
      next && Buffer.compare(firstId(next), id) <= 0;
      next = this.#waiting.at(-1)
    ) {
      this.#open.push({ seal: next, macs: Buffer.alloc(next.row_count * MAC_BYTES), at: 0, isWhole: true })
      this.#waiting.pop()
    }
  }

  /** 0: the seal covers this id; undefined: it has no more. */
  #skipTo(place: Place, id: Buffer): number | undefined {
    for (; place.at < place.seal.row_count; place.at++) {
      const from = place.at * 16
      const order = place.seal.log_ids.compare(id, 0, id.length, from, from + 16)
      if (order >= 0) return order
      this.#spoil(place, 'removed', place.seal.log_ids.subarray(from, from + 16))
    }
    return undefined
  }

  #isClosed(place: Place): boolean {
    if (place.at < place.seal.row_count) return false
    this.#close(place)
    return true
  }

  /** A head can be told only over every row as it was written. */
  #close(place: Place): void {
    if (place.isWhole && !isHeadOf(this.#keys, place.seal, place.macs))
      this.#report({ kind: 'seal_altered', seal: place.seal.number })
  }

  #spoil(place: Place, kind: 'altered' | 'removed', id: Buffer): void {
    place.isWhole = false
    this.#report({ kind, logId: uuidOf(id), seal: place.seal.number })
  }
}

const LAST_ID = Buffer.alloc(16, 0xff)
const AFTER_ALL = Buffer.alloc(17, 0xff)

function firstId({ row_count, log_ids }: Seal): Buffer {
  return row_count === 0 ? LAST_ID : log_ids.subarray(0, 16)
}

export function uuidOf(id: Buffer): string {
  const hex = id.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** The numbers run from one, and each seal holds the head of the one before. */
export function chainProblems(seals: readonly Seal[]): Problem[] {
  const problems: Problem[] = []
  let number = 1
  let previous: Buffer = Buffer.alloc(0)
  for (const seal of seals) {
    for (; number < seal.number; number++) problems.push({ kind: 'seal_missing', seal: number })
    const follows = seal.number === 1 || seals.some((one) => one.number === seal.number - 1)
    if (follows && !seal.previous.equals(previous)) problems.push({ kind: 'seal_altered', seal: seal.number })
    previous = seal.head
    number = seal.number + 1
  }
  return problems
}
