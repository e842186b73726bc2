import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import sharp from 'sharp'
import { makeFlat, makePhoto, PHONE_NOTES, withPngChunk } from '../../testing/pictures.ts'
import type { Recipe, Rendition } from './recipe.ts'
import { render } from './render.ts'

/** Here in the tests' own process; `images.test.ts` renders apart. */

const SQUARE: Recipe = { ratio: 1, widths: [64], leastSide: 64 }
const WIDE: Recipe = { ratio: 3, widths: [640, 1280], leastSide: 200 }
const SHAPELESS: Recipe = { ratio: null, widths: [320, 960], leastSide: 64 }
const SCRIPT = '<script>alert(document.domain)</script>'

describe('a picture', () => {
  test('becomes small renditions of each width, square, as WebP and AVIF', async () => {
    const photo = await (await makePhoto(1600, 1200)).jpeg({ quality: 90 }).toBuffer()
    const renditions = await rendered(photo, { ...SQUARE, widths: [64, 128, 256, 512] })
    assert.deepEqual(
      renditions.map(({ name, width, height, type }) => [name, width, height, type]),
      [64, 128, 256, 512].flatMap((side) => [
        [side, side, side, 'image/webp'],
        [side, side, side, 'image/avif'],
      ]),
    )
    for (const { type, width, bytes } of renditions) {
      const found = await sharp(bytes).metadata()
      assert.deepEqual(
        [found.mediaType, found.width, found.space, found.depth],
        [type, width, 'srgb', 'uchar'],
      )
    }
    const webp128 = renditions.find(({ name, type }) => name === 128 && type === 'image/webp')
    assert.ok(webp128!.bytes.length <= 6 * 1024, `${webp128!.bytes.length} bytes`)
  })

  test('is cut to the shape that is asked for, or keeps its own', async () => {
    const tall = await makeFlat(1500, 2000).jpeg().toBuffer()
    assert.deepEqual(sizesOf(await rendered(tall, WIDE)), ['640x214', '1280x427'])
    assert.deepEqual(sizesOf(await rendered(tall, SHAPELESS)), ['320x427', '960x1280'])
    const thin = await makeFlat(300, 2900).png().toBuffer()
    assert.deepEqual(sizesOf(await rendered(thin, SHAPELESS)), ['199x1920', '199x1920'])
  })

  test('is not enlarged', async () => {
    const small = await makeFlat(200, 100).png().toBuffer()
    assert.deepEqual(sizesOf(await rendered(small, { ...SQUARE, widths: [64, 512] })), ['64x64', '100x100'])
    const short = await makeFlat(1000, 200).png().toBuffer()
    assert.deepEqual(sizesOf(await rendered(short, WIDE)), ['600x200', '600x200'])
  })

  test('is taken in whatever format we decode', async () => {
    const photo = await (await makePhoto(200, 200)).png().toBuffer()
    const files = {
      jpeg: await sharp(photo).jpeg().toBuffer(),
      progressive: await sharp(photo).jpeg({ progressive: true }).toBuffer(),
      interlaced: await sharp(photo).png({ progressive: true }).toBuffer(),
      palette: await sharp(photo).png({ palette: true }).toBuffer(),
      webp: await sharp(photo).webp().toBuffer(),
      avif: await sharp(photo).avif({ effort: 0 }).toBuffer(),
      gif: await sharp(photo).gif().toBuffer(),
    }
    const shown = await sharp(photo).resize(64, 64).raw().toBuffer()
    for (const [name, file] of Object.entries(files)) {
      const [first] = await rendered(file)
      assert.ok((await distance(first!, shown)) < 12, name)
    }
  })

  test('shows its colours in sRGB, on white, from any depth and space', async () => {
    const red = () => makeFlat(100, 100, '#c83214')
    const files: Record<string, [Buffer, number[]]> = {
      'CMYK with a profile': [
        await red().toColourspace('cmyk').withIccProfile('cmyk').jpeg().toBuffer(),
        [200, 50, 20],
      ],
      'Display P3': [await red().withIccProfile('p3').png().toBuffer(), [200, 50, 20]],
      '16 bits': [await red().toColourspace('rgb16').png().toBuffer(), [200, 50, 20]],
      grey: [await makeFlat(100, 100, '#808080').toColourspace('b-w').png().toBuffer(), [128, 128, 128]],
      'half transparent': [await makeFlat(100, 100, '#c8321480', 4).png().toBuffer(), [227, 152, 137]],
    }
    for (const [name, [file, colour]] of Object.entries(files)) {
      for (const rendition of await rendered(file)) {
        const [pixel] = await pixelsOf(rendition.bytes)
        assert.ok(
          pixel!.every((value, index) => Math.abs(value - colour[index]!) <= 4),
          `${name}: ${pixel}`,
        )
      }
    }
  })

  test('is its first frame when it moves', async () => {
    const frames = await Promise.all(
      ['#ff0000', '#0000ff'].map((colour) => makeFlat(80, 80, colour).png().toBuffer()),
    )
    const moving = () => sharp(frames, { join: { animated: true } })
    const files = [
      await moving().gif({ delay: 100 }).toBuffer(),
      await moving().webp({ delay: 100 }).toBuffer(),
    ]
    for (const file of files) {
      const [first] = await rendered(file)
      assert.equal((await sharp(first!.bytes).metadata()).pages ?? 1, 1)
      const [pixel] = await pixelsOf(first!.bytes)
      assert.ok(pixel![0]! > 200 && pixel![2]! < 60, `${pixel}`)
    }
  })

  test('stands upright, and says neither where nor with what nor by whom it was taken', async () => {
    const blue = await makeFlat(300, 150, '#0000ff').png().toBuffer()
    const original = await makeFlat(300, 300, '#ff0000')
      .composite([{ input: blue, top: 150, left: 0 }])
      .jpeg()
      .withMetadata({ orientation: 6, exif: PHONE_NOTES })
      .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>')
      .withIccProfile('p3')
      .toBuffer()
    const marks = ['Exif', 'Kijani', 'Amina', 'xmpmeta', 'ICC_PROFILE']
    for (const mark of marks) assert.ok(original.includes(mark), `the original has ${mark}`)
    const { exif } = await sharp(original).metadata()
    assert.ok(exif?.includes('S\0\0\0'), 'the original has a latitude')
    for (const { bytes, width } of await rendered(original)) {
      for (const mark of [...marks, 'EXIF', 'XMP ', 'ICCP', 'GPS']) assert.ok(!bytes.includes(mark), mark)
      const found = await sharp(bytes).metadata()
      for (const kind of ['exif', 'xmp', 'icc', 'iptc', 'comments', 'orientation'] as const)
        assert.equal(found[kind], undefined, kind)
      // The phone was held on its side: what lay below in the file stands left.
      const pixels = await pixelsOf(bytes)
      assert.ok(pixels[0]![2]! > 200 && pixels[width - 1]![0]! > 200, `${pixels[0]} ${pixels[width - 1]}`)
    }
  })

  test('carries nothing on of what was hidden in it', async () => {
    const jpeg = await makeFlat(100, 100).jpeg().toBuffer()
    const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 0, SCRIPT.length + 2]), Buffer.from(SCRIPT)])
    const png = await makeFlat(100, 100).png().toBuffer()
    const polyglots = [
      Buffer.concat([jpeg.subarray(0, 2), comment, jpeg.subarray(2), Buffer.from(SCRIPT)]),
      Buffer.concat([withPngChunk(png, 'tEXt', Buffer.from(`a\0${SCRIPT}`)), Buffer.from(SCRIPT)]),
    ]
    for (const file of polyglots) {
      assert.ok(file.includes('<script'))
      for (const { bytes } of await rendered(file)) assert.ok(!bytes.includes('<script'))
    }
  })
})

describe('a file is refused', () => {
  test('when it is no picture that we decode, whatever it is called', async () => {
    const heic = Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1')
    const files = {
      nothing: Buffer.alloc(0),
      'one byte': Buffer.from([0xff]),
      script: Buffer.from(SCRIPT),
      SVG: Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="99" height="99">${SCRIPT}</svg>`),
      PDF: Buffer.from('%PDF-1.7\n1 0 obj'),
      TIFF: await makeFlat(100, 100).tiff().toBuffer(),
      ZIP: Buffer.from('PK\x03\x04'),
      HEIC: Buffer.concat([heic, Buffer.alloc(100)]),
    }
    for (const [name, file] of Object.entries(files)) assert.equal(await refusalOf(file), 'unsupported', name)
  })

  test('when it only begins like a picture', async () => {
    const beginnings = [
      'GIF89a',
      '\x89PNG\r\n\x1a\n',
      '\xff\xd8\xff\xe0',
      'RIFF\0\0\0\0WEBP',
      '\0\0\0\x14ftypavif\0\0\0\0',
    ]
    for (const beginning of beginnings) {
      const file = Buffer.concat([Buffer.from(beginning, 'latin1'), Buffer.from(`/*${SCRIPT}*/`.repeat(20))])
      assert.equal(await refusalOf(file), 'damaged', JSON.stringify(beginning))
    }
  })

  test('when it holds another format than its first bytes say', async () => {
    const tiff = await makeFlat(100, 100).tiff().toBuffer()
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="99" height="99"></svg>')
    for (const inside of [tiff, svg])
      assert.equal(await refusalOf(Buffer.concat([Buffer.from('GIF89a'), inside])), 'damaged')
  })

  test('when it ends too early', async () => {
    const photo = await (await makePhoto(300, 200)).png().toBuffer()
    const files = [
      photo,
      await sharp(photo).jpeg().toBuffer(),
      await sharp(photo).jpeg({ progressive: true }).toBuffer(),
      await sharp(photo).webp().toBuffer(),
      await sharp(photo).avif({ effort: 0 }).toBuffer(),
      await sharp(photo).gif().toBuffer(),
    ]
    for (const file of files)
      for (const part of [0.1, 0.6, 0.9])
        assert.equal(
          await refusalOf(file.subarray(0, file.length * part)),
          'damaged',
          `${file.length} ${part}`,
        )
  })

  test('when it is too small or too narrow to be cut', async () => {
    assert.equal(await refusalOf(await makeFlat(63, 400).png().toBuffer()), 'too_small')
    assert.equal(await refusalOf(await makeFlat(1, 1).gif().toBuffer()), 'too_small')
    assert.equal(await refusalOf(await makeFlat(100, 1001).png().toBuffer()), 'too_narrow')
    assert.equal(await refusalOf(await makeFlat(16_000, 64).png().toBuffer()), 'too_narrow')
  })
})

async function rendered(file: Buffer, recipe = SQUARE): Promise<readonly Rendition[]> {
  const outcome = await render(file, recipe)
  if ('refused' in outcome) assert.fail(`refused: ${outcome.refused}`)
  return outcome.renditions
}

async function refusalOf(file: Buffer): Promise<string | null> {
  const outcome = await render(file, SQUARE)
  return 'refused' in outcome ? outcome.refused : null
}

function sizesOf(renditions: readonly Rendition[]): string[] {
  return renditions
    .filter(({ type }) => type === 'image/webp')
    .map(({ width, height }) => `${width}x${height}`)
}

async function pixelsOf(file: Buffer): Promise<number[][]> {
  const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true })
  return Array.from({ length: info.width * info.height }, (_, n) => [
    ...data.subarray(n * info.channels, (n + 1) * info.channels),
  ])
}

/** The mean difference of a channel. */
async function distance({ bytes }: Rendition, expected: Buffer): Promise<number> {
  const found = await sharp(bytes).raw().toBuffer()
  assert.equal(found.length, expected.length)
  return found.reduce((sum, value, index) => sum + Math.abs(value - expected[index]!), 0) / found.length
}
