import sharp, { type Sharp } from 'sharp'
import type { Outcome, Recipe, Rendition } from './recipe.ts'
import { formatOf, type PictureFormat } from './signature.ts'

/**
 * Only these decoders can be reached, whatever the bytes say: no SVG, PDF or TIFF, nothing that reads files or
 * addresses. HEIC shares AVIF's decoder, which is built without it.
 */
const DECODERS = ['JpegBuffer', 'PngBuffer', 'WebpBuffer', 'NsgifBuffer', 'HeifBuffer']
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({ operation: DECODERS.map((name) => `VipsForeignLoad${name}`) })
sharp.cache(false)
sharp.concurrency(1)

/**
 * Within a decibel of each other, AVIF at 67 to 95 % of WebP's bytes. Its effort is a matter of time: 512 pixels take
 * 30 ms at 0, 140 at 2, 270 at 3 and 1,600 at 4, and gain up to 1 dB from 0 to 2, another half from 2 to 4.
 */
const ENCODERS = {
  'image/webp': (picture: Sharp) => picture.webp({ quality: 70, effort: 4 }),
  'image/avif': (picture: Sharp) => picture.avif({ quality: 55, effort: 2 }),
} as const

/**
 * What a phone of 50 megapixels takes; compared with the header, before anything is allocated. AVIF's decoder holds the
 * whole picture at 20 bytes a pixel (1 GB for 50 megapixels, where a JPEG takes 40 MB), and phones do not write it.
 */
const MOST_PIXELS: Readonly<Record<PictureFormat, number>> = {
  jpeg: 50_500_000,
  png: 50_500_000,
  webp: 50_500_000,
  gif: 50_500_000,
  avif: 16_000_000,
}
/** The longer side by the shorter. */
const MOST_NARROW = 10

/** Decodes once, to the largest rendition; what is made of that carries no metadata, since pixels have none. */
export async function render(bytes: Buffer, recipe: Recipe): Promise<Outcome> {
  const format = formatOf(bytes)
  if (format === null) return { refused: 'unsupported' }
  const size = await readable(sizeOf(bytes))
  if (size === null) return { refused: 'damaged' }
  if (size.width * size.height > MOST_PIXELS[format]) return { refused: 'too_many_pixels' }
  const refused = shapeFault(size, recipe)
  if (refused !== null) return { refused }
  const master = await readable(decode(bytes, size, recipe))
  return master === null ? { refused: 'damaged' } : { renditions: await encodeAll(master, recipe) }
}

type Size = { readonly width: number; readonly height: number }
type Master = Awaited<ReturnType<typeof decode>>

/** What the decoder cannot read is the file's fault; null. */
function readable<T>(reading: Promise<T>): Promise<T | null> {
  return reading.catch(() => null)
}

/** As it is meant to be seen. Reads the header alone, so that no limit has to stand in the way of saying how large. */
async function sizeOf(bytes: Buffer): Promise<Size> {
  const { autoOrient } = await sharp(bytes, { limitInputPixels: false }).metadata()
  return autoOrient
}

function shapeFault({ width, height }: Size, { leastSide }: Recipe) {
  const [short, long] = width < height ? [width, height] : [height, width]
  if (long > short * MOST_NARROW) return 'too_narrow'
  return short < leastSide ? 'too_small' : null
}

/** Upright, in 8-bit sRGB, on white; the first frame of an animation. */
function decode(bytes: Buffer, size: Size, recipe: Recipe) {
  return sharp(bytes, {
    failOn: 'error',
    limitInputPixels: MOST_PIXELS.jpeg,
    autoOrient: true,
    sequentialRead: true,
  })
    .resize({
      ...boxOf(size, recipe),
      fit: recipe.ratio === null ? 'inside' : 'cover',
      position: 'attention',
    })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
}

/** The largest rendition, cut down to what the picture has. */
function boxOf({ width, height }: Size, { ratio, widths }: Recipe): Size {
  const widest = Math.max(...widths)
  if (ratio === null) return { width: Math.min(widest, width), height: Math.min(2 * widest, height) }
  const most = Math.min(widest, width, Math.floor(height * ratio))
  return { width: most, height: Math.max(1, Math.round(most / ratio)) }
}

/** One after the other: together they would take the memory of all. */
async function encodeAll(master: Master, { widths }: Recipe): Promise<Rendition[]> {
  const renditions: Rendition[] = []
  for (const name of widths) {
    for (const type of ['image/webp', 'image/avif'] as const) {
      const { width, height, channels } = master.info
      const picture = sharp(master.data, { raw: { width, height, channels } })
      const small = picture.resize({ width: name, withoutEnlargement: true })
      const { data, info } = await ENCODERS[type](small).toBuffer({ resolveWithObject: true })
      renditions.push({ name, width: info.width, height: info.height, type, bytes: data })
    }
  }
  return renditions
}
