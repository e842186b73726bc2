const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567'

/** RFC 4648, small letters, without padding. */
export function base32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return (bits.match(/.{1,5}/g) ?? [])
    .map((group) => LETTERS[Number.parseInt(group.padEnd(5, '0'), 2)])
    .join('')
}

/** Empty for what is no base32. */
export function fromBase32(text: string): Buffer {
  const values = [...text].map((letter) => LETTERS.indexOf(letter))
  if (values.includes(-1)) return Buffer.alloc(0)
  const bits = values.map((value) => value.toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}
