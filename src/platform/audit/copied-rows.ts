import type { Readable } from 'node:stream'

const HEADER = 19

/**
 * The rows of COPY … TO STDOUT (FORMAT binary), field by field, as they come: nothing is printed or parsed on the way,
 * which is most of what reading a million rows costs. The fields are views of the chunk: keep none of them.
 */
export async function eachCopiedRow(
  stream: Readable,
  take: (fields: readonly (Buffer | null)[]) => void,
): Promise<void> {
  let rest: Buffer = Buffer.alloc(0)
  let isFirst = true
  for await (const chunk of stream) {
    const bytes = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer])
    let at = 0
    if (isFirst) {
      if (bytes.length < HEADER) {
        rest = bytes
        continue
      }
      at = HEADER
      isFirst = false
    }
    rest = bytes.subarray(takeWhole(bytes, at, take))
  }
}

/** Answers where the first row begins that is not whole yet. */
function takeWhole(bytes: Buffer, from: number, take: (fields: readonly (Buffer | null)[]) => void): number {
  let start = from
  for (;;) {
    if (start + 2 > bytes.length) return start
    const count = bytes.readInt16BE(start)
    if (count < 0) return bytes.length
    const fields: (Buffer | null)[] = []
    let at = start + 2
    for (let field = 0; field < count; field++) {
      if (at + 4 > bytes.length) return start
      const length = bytes.readInt32BE(at)
      at += 4
      if (length < 0) fields.push(null)
      else {
        if (at + length > bytes.length) return start
        fields.push(bytes.subarray(at, at + length))
        at += length
      }
    }
    take(fields)
    start = at
  }
}
