import { scramble, streamOf } from './draws.ts'

/** What an id is made from beside its time: three bijections of the row's number. */
export type IdKind = { readonly low: number; readonly middle: number; readonly high: number }

export function idKind(seed: number, name: string): IdKind {
  const stream = (part: string) => streamOf(seed, `id.${name}.${part}`)
  return { low: stream('low'), middle: stream('middle'), high: stream('high') }
}

const CHUNK = 256 * 1024
/** No row is longer than this. */
const ROW_ROOM = 48 * 1024
const HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
const POSTGRES_EPOCH = 946_684_800_000
const WORD = 4_294_967_296
const DAY = 86_400_000

/**
 * Rows in the binary format of COPY, in chunks. Binary, because neither side then prints or parses: ids, times and
 * numbers, most of what there is, go through in a third of the time of text.
 */
export class CopyRows {
  #chunk = Buffer.allocUnsafeSlow(CHUNK)
  #at = HEADER.copy(this.#chunk)

  get isFull(): boolean {
    return this.#at > CHUNK - ROW_ROOM
  }

  /** What was written since the last take. */
  take(): Buffer {
    const taken = this.#chunk.subarray(0, this.#at)
    this.#chunk = Buffer.allocUnsafeSlow(CHUNK)
    this.#at = 0
    return taken
  }

  row(fields: number): void {
    this.#chunk.writeInt16BE(fields, this.#at)
    this.#at += 2
  }

  end(): void {
    this.row(-1)
  }

  null(): void {
    this.#int32(-1)
  }

  int(value: number): void {
    this.#int32(4)
    this.#int32(value)
  }

  bool(value: boolean): void {
    this.#int32(1)
    this.#chunk[this.#at++] = value ? 1 : 0
  }

  text(value: string | Uint8Array): void {
    const from = this.#at + 4
    const length = typeof value === 'string' ? this.#chunk.write(value, from) : this.#bytes(value, from)
    this.#int32(length)
    this.#at += length
  }

  jsonb(value: unknown): void {
    const from = this.#at + 4
    this.#chunk[from] = 1
    const length = 1 + this.#chunk.write(JSON.stringify(value), from + 1)
    this.#int32(length)
    this.#at += length
  }

  id(kind: IdKind, index: number, ms: number): void {
    this.#int32(16)
    writeId(this.#chunk, this.#at, kind, index, ms)
    this.#at += 16
  }

  /** A timestamptz, from milliseconds since 1970. */
  time(ms: number): void {
    this.#int32(8)
    const micros = (ms - POSTGRES_EPOCH) * 1000
    this.#int32(Math.floor(micros / WORD))
    this.#chunk.writeUInt32BE(micros % WORD, this.#at)
    this.#at += 4
  }

  timeOrNull(ms: number): void {
    if (ms > 0) this.time(ms)
    else this.null()
  }

  /** A date, from milliseconds since 1970. */
  day(ms: number): void {
    this.int(Math.floor((ms - POSTGRES_EPOCH) / DAY))
  }

  /** A time of day. */
  clock(hour: number): void {
    this.#int32(8)
    const micros = hour * 3_600_000_000
    this.#int32(Math.floor(micros / WORD))
    this.#chunk.writeUInt32BE(micros % WORD, this.#at)
    this.#at += 4
  }

  /** A numeric of `units` divided by 10^`scale`, not negative: groups of four decimal digits, as the server keeps them. */
  decimal(units: number, scale = 2): void {
    const groups: number[] = []
    for (let rest = units * 10 ** ((4 - (scale % 4)) % 4); rest > 0; rest = Math.floor(rest / 10_000)) {
      groups.unshift(rest % 10_000)
    }
    const weight = groups.length - 1 - Math.ceil(scale / 4)
    while (groups.at(-1) === 0) groups.pop()
    this.#int32(8 + groups.length * 2)
    for (const part of [groups.length, groups.length === 0 ? 0 : weight, 0, scale, ...groups]) {
      this.#chunk.writeInt16BE(part, this.#at)
      this.#at += 2
    }
  }

  #bytes(value: Uint8Array, from: number): number {
    this.#chunk.set(value, from)
    return value.length
  }

  #int32(value: number): void {
    this.#chunk.writeInt32BE(value, this.#at)
    this.#at += 4
  }
}

/** The same id as text. */
export function idText(kind: IdKind, index: number, ms: number): string {
  const bytes = Buffer.alloc(16)
  writeId(bytes, 0, kind, index, ms)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** A UUID v7 (RFC 9562): the millisecond, then 74 bits of the row's number; the last 32 differ for each number. */
function writeId(to: Buffer, at: number, kind: IdKind, index: number, ms: number): void {
  const high = scramble(index, kind.high)
  to.writeUIntBE(ms, at, 6)
  to.writeUInt16BE(0x7000 | (scramble(index, kind.middle) & 0xfff), at + 6)
  to.writeUInt16BE(0x8000 | (high & 0x3fff), at + 8)
  to.writeUInt16BE(high >>> 16, at + 10)
  to.writeUInt32BE(scramble(index, kind.low), at + 12)
}
