/** The part of CBOR (RFC 8949, canonical) that WebAuthn needs. */
export type Cbor = number | string | Buffer | ReadonlyMap<number | string, Cbor>

const [UNSIGNED, NEGATIVE, BYTES, TEXT, MAP] = [0, 1, 2, 3, 5]

export function encodeCbor(value: Cbor): Buffer {
  if (typeof value === 'number') return value >= 0 ? head(UNSIGNED, value) : head(NEGATIVE, -1 - value)
  if (typeof value === 'string') {
    const text = Buffer.from(value)
    return Buffer.concat([head(TEXT, text.length), text])
  }
  if (Buffer.isBuffer(value)) return Buffer.concat([head(BYTES, value.length), value])
  const entries = [...value].flatMap(([key, held]) => [encodeCbor(key), encodeCbor(held)])
  return Buffer.concat([head(MAP, value.size), ...entries])
}

/** Major type and argument, the shortest form of it. */
function head(major: number, argument: number): Buffer {
  if (argument < 24) return Buffer.of((major << 5) | argument)
  if (argument < 0x100) return Buffer.of((major << 5) | 24, argument)
  const long = Buffer.of((major << 5) | 25, 0, 0)
  long.writeUInt16BE(argument, 1)
  return long
}
