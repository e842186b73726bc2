import { createHash, randomBytes } from 'node:crypto'

/** A version 7 UUID of that moment (RFC 9562), so that ids are in the order of what they name. */
export function uuidV7(moment: number): string {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(Math.floor(moment), 0, 6)
  bytes[6] = (bytes[6]! & 0x0f) | 0x70
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** Letters and digits that nobody guesses: 80 bits. */
export function secretCode(): string {
  return randomBytes(10).toString('hex').toUpperCase()
}

/** The same fraction, in [0, 1), for the same words: variety that every loading repeats. */
export function fraction(...words: readonly (string | number)[]): number {
  return createHash('sha1').update(words.join('\0')).digest().readUInt32BE() / 2 ** 32
}
