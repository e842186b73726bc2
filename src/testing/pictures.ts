import { crc32, deflateSync } from 'node:zlib'
import sharp, { type Sharp } from 'sharp'

/** Detail at every scale, as a photograph has, the same each time. Resized in steps, so that 12 megapixels take a second. */
export async function makePhoto(width: number, height: number): Promise<Sharp> {
  const scales = [
    [256, 255],
    [32, 110],
    [8, 70],
    [2, 40],
  ] as const
  const layers = await Promise.all(scales.map(([scale, alpha]) => noise(width, height, scale, alpha)))
  const raw = { width, height, channels: 4 } as const
  const [ground, ...details] = layers
  return sharp(ground, { raw })
    .composite(details.map((input) => ({ input, raw })))
    .removeAlpha()
}

/** One colour: any number of pixels in few bytes. */
export function makeFlat(width: number, height: number, background = '#c83214', channels: 3 | 4 = 3): Sharp {
  return sharp({ create: { width, height, channels, background }, limitInputPixels: false })
}

/** What a phone notes beside the picture: where, and with what. */
export const PHONE_NOTES = {
  IFD0: { Make: 'Kijani', Model: 'Kijani K9', Artist: 'Amina Wanjiru' },
  IFD3: {
    GPSLatitudeRef: 'S',
    GPSLatitude: '1/1 17/1 31/1',
    GPSLongitudeRef: 'E',
    GPSLongitude: '36/1 49/1 0/1',
  },
}

/** The PNG with a chunk of its own right behind its header. */
export function withPngChunk(png: Buffer, type: string, data: Buffer): Buffer {
  return Buffer.concat([png.subarray(0, 33), pngChunk(type, data), png.subarray(33)])
}

/** A PNG that claims to be of this size and holds no pixels. */
export function emptyPng(width: number, height: number): Buffer {
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0])
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
  const chunks = [
    pngChunk('IHDR', header),
    pngChunk('IDAT', deflateSync(Buffer.alloc(0))),
    pngChunk('IEND', Buffer.alloc(0)),
  ]
  return Buffer.concat([signature, ...chunks])
}

function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const ends = Buffer.alloc(8)
  ends.writeUInt32BE(data.length, 0)
  ends.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)])
}

function noise(width: number, height: number, scale: number, alpha: number): Promise<Buffer> {
  const small = { width: Math.ceil(width / scale), height: Math.ceil(height / scale), channels: 4 } as const
  const bytes = Buffer.alloc(small.width * small.height * 4)
  let state = scale
  for (let index = 0; index < bytes.length; index++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    bytes[index] = index % 4 === 3 ? alpha : state >> 16
  }
  return sharp(bytes, { raw: small }).resize(width, height, { kernel: 'cubic', fit: 'fill' }).raw().toBuffer()
}
