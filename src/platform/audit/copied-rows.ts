import type { Readable } from 'node:stream'

const HEADER = 19

/**
 * The rows of COPY … TO STDOUT (FORMAT binary), field by field, as they come: nothing is printed or parsed on the way,
 * which is most of what reading a million rows costs. The fields are views of the chunk, and their list is the same for
 * every row: keep neither.
 */
export async function eachCopiedRow(
  stream: Readable,
  take: (fields: readonly (Buffer | null)[]) => void,
): Promise<void> {
  const fields: (Buffer | null)[] = []
  let rest: Buffer = Buffer.alloc(0)
  let isFirst = true
  for await (const chunk of stream) {
    const bytes = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer])
    let at = isFirst ? HEADER : 0
    if (bytes.length < at) {
      rest = bytes
      continue
    }
    isFirst = false
    for (let next = endOfRow(bytes, at, fields); next !== undefined; next = endOfRow(bytes, at, fields)) {
      take(fields)
      at = next
    }
    rest = bytes.subarray(at)
  }
}

/** Fills in the fields of the row that begins there; undefined when it is not whole yet, or the end of them all. */
function endOfRow(bytes: Buffer, start: number, fields: (Buffer | null)[]): number | undefined {
  let at = start + 2
  if (at > bytes.length) return undefined
  const count = bytes.readInt16BE(start)
  if (count < 0) return undefined
  for (let field = 0; field < count; field++) {
    if (at + 4 > bytes.length) return undefined
    const length = bytes.readInt32BE(at)
    at += 4
    if (at + length > bytes.length) return undefined
    fields[field] = length < 0 ? null : bytes.subarray(at, at + length)
    at += Math.max(0, length)
  }
  return at
}
