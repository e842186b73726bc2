import { inflateRawSync } from 'node:zlib'

const FILE = Buffer.from('PK\x03\x04')
const END = Buffer.from('PK\x05\x06')
const ENTRY = 0x02014b50
const DEFLATED = 8

/** Whether these bytes begin as an archive does. */
export function isZip(bytes: Buffer): boolean {
  return bytes.subarray(0, FILE.length).equals(FILE)
}

/** Each file of an archive, opened: name and bytes. Enough of the format for what we pack ourselves; throws for what is none. */
export function* filesInZip(zip: Buffer): Generator<readonly [name: string, bytes: Buffer]> {
  let at = zip.readUInt32LE(zip.lastIndexOf(END) + 16)
  while (zip.readUInt32LE(at) === ENTRY) {
    const [method, size, nameLength] = [
      zip.readUInt16LE(at + 10),
      zip.readUInt32LE(at + 20),
      zip.readUInt16LE(at + 28),
    ]
    const local = zip.readUInt32LE(at + 42)
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength)
    const begin = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
    const bytes = zip.subarray(begin, begin + size)
    yield [name, method === DEFLATED ? inflateRawSync(bytes) : bytes]
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32)
  }
}
