import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { after, describe, test } from 'node:test'
import { deflateSync } from 'node:zlib'
import { emptyPng, makeFlat, withPngChunk } from '../../testing/pictures.ts'
import { rendererOf } from '../../testing/renderers.ts'
import { readConfig } from '../config.ts'
import { createLog } from '../log.ts'
import { createMetrics } from '../metrics/index.ts'
import { createImages, type Images, type Recipe } from './index.ts'
import { renderApart } from './render-apart.ts'

const RECIPE: Recipe = { ratio: 1, widths: [64], leastSide: 64 }
const MEGABYTE = 1_000_000

describe('a file that would take more than a picture may', () => {
  test('is refused before its pixels are allocated', async () => {
    const files = {
      'a PNG of a hundred megapixels': await makeFlat(10_000, 10_000).png().toBuffer(),
      'a JPEG that says so of itself': jpegOf(await makeFlat(100, 100).jpeg().toBuffer(), 10_000, 10_000),
      'an AVIF that says so of itself': avifOf(await makeFlat(100, 100).avif().toBuffer(), 10_000, 10_000),
      'a GIF of 65,535 lines': gifOf(65_535, 65_535),
      'a header alone': emptyPng(60_000, 60_000),
    }
    for (const [name, file] of Object.entries(files)) {
      assert.ok(file.length < 2 * MEGABYTE, `${name} takes few bytes`)
      const { outcome, peakBytes } = await apart(file)
      assert.deepEqual(outcome, { refused: 'too_many_pixels' }, name)
      assert.ok(peakBytes < 150 * MEGABYTE, `${name} took ${peakBytes / MEGABYTE} MB`)
    }
  })

  test('is given up when its memory outgrows what an honest one takes', async () => {
    const deep = makeFlat(8600, 5800, '#c8321480', 4).toColourspace('rgb16')
    const { outcome, peakBytes } = await apart(await deep.png({ progressive: true }).toBuffer())
    assert.deepEqual(outcome, { refused: 'too_costly' })
    assert.ok(peakBytes < 700 * MEGABYTE, `${peakBytes / MEGABYTE} MB`)
  })

  test('is not unpacked beyond its pixels: a note of 300 MB stays packed', async () => {
    const png = await makeFlat(100, 100).png().toBuffer()
    const packed = Buffer.concat([Buffer.from('a\0\0'), deflateSync(Buffer.alloc(300 * MEGABYTE))])
    for (const type of ['zTXt', 'iCCP']) {
      const { peakBytes } = await apart(withPngChunk(png, type, packed))
      assert.ok(peakBytes < 150 * MEGABYTE, `${type} took ${peakBytes / MEGABYTE} MB`)
    }
  })

  test('is not read to its end when it is longer than was allowed', async () => {
    let sent = 0
    async function* endless() {
      for (;;) {
        sent += 65_536
        yield Buffer.alloc(65_536, 0xff)
      }
    }
    assert.deepEqual(await images().render(reading(Readable.from(endless()))), { refused: 'too_many_bytes' })
    assert.ok(sent < 3 * MEGABYTE, `${sent}`)
  })
})

describe('the work on pictures', () => {
  test('is done one at a time, in order, each file opened at its turn; more than ten do not wait', async () => {
    const file = await makeFlat(100, 100).png().toBuffer()
    const own = images()
    const opened: number[] = []
    const sources: Readable[] = []
    const ask = (n: number) => {
      const open = async () => {
        assert.ok(
          sources.every(({ destroyed }) => destroyed),
          'the one before is done',
        )
        opened.push(n)
        const source = Readable.from([file])
        sources.push(source)
        return source
      }
      return own.render({ recipe: RECIPE, maxBytes: MEGABYTE, open })
    }
    const asked = Array.from({ length: 11 }, (_, n) => ask(n))
    await assert.rejects(ask(11), { code: 'images.busy', status: 503, retryAfter: 5 })
    for (const outcome of await Promise.all(asked)) assert.ok('renditions' in outcome)
    assert.deepEqual(opened, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  })

  test('goes on after a file that breaks off, and after one that cannot be opened', async () => {
    const own = images()
    const file = await makeFlat(100, 100).png().toBuffer()
    async function* broken() {
      yield file.subarray(0, 50)
      throw new Error('the line is dead')
    }
    await assert.rejects(own.render(reading(Readable.from(broken()))), /the line is dead/)
    const gone = {
      recipe: RECIPE,
      maxBytes: MEGABYTE,
      open: () => Promise.reject(new Error('nothing there')),
    }
    await assert.rejects(own.render(gone), /nothing there/)
    assert.ok('renditions' in (await own.render(reading(Readable.from([file])))))
  })

  test('survives the death of a process that renders: 503, and the next one is rendered', async () => {
    const own = images()
    const endless = new Readable({ read() {} })
    const lost = assert.rejects(own.render(reading(endless)), { code: 'images.interrupted', status: 503 })
    process.kill(await rendererOf(process.pid), 'SIGKILL')
    await lost
    assert.ok(endless.destroyed)
    const file = await makeFlat(100, 100).png().toBuffer()
    assert.ok('renditions' in (await own.render(reading(Readable.from([file])))))
  })

  test('ends with the process that asked: what runs is broken off, what waits is refused', async () => {
    const own = images()
    const asked = [1, 2].map(() =>
      assert.rejects(own.render(reading(new Readable({ read() {} }))), { code: 'images.interrupted' }),
    )
    await rendererOf(process.pid)
    await own.close()
    await Promise.all(asked)
  })
})

const made: Images[] = []
after(() => Promise.all(made.map((one) => one.close())))

function images(): Images {
  const log = createLog(readConfig({ NODE_ENV: 'test', LOG_LEVEL: 'silent' }))
  const own = createImages({ log, metrics: createMetrics() })
  made.push(own)
  return own
}

function reading(source: Readable) {
  return { recipe: RECIPE, maxBytes: MEGABYTE, open: async () => source }
}

async function apart(file: Buffer) {
  const { signal } = new AbortController()
  const options = { recipe: RECIPE, maxBytes: 20 * MEGABYTE, signal }
  const answer = await renderApart(Readable.from([file]), options)
  if ('lost' in answer) assert.fail(`lost: ${answer.lost}`)
  return answer
}

/** A GIF that claims to be of this size and paints one pixel. */
function gifOf(width: number, height: number): Buffer {
  const text = 'GIF89a\0\0\0\0\x80\0\0\0\0\0\xff\xff\xff\x2c\0\0\0\0\0\0\0\0\0\x02\x02\x44\x01\0\x3b'
  const gif = Buffer.from(text, 'latin1')
  for (const offset of [6, 24]) {
    gif.writeUInt16LE(width, offset)
    gif.writeUInt16LE(height, offset + 2)
  }
  return gif
}

/** The same with another size in its frame header. */
function jpegOf(jpeg: Buffer, width: number, height: number): Buffer {
  const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]))
  jpeg.writeUInt16BE(height, frame + 5)
  jpeg.writeUInt16BE(width, frame + 7)
  return jpeg
}

/** The same with another size in its property. */
function avifOf(avif: Buffer, width: number, height: number): Buffer {
  const property = avif.indexOf('ispe')
  avif.writeUInt32BE(width, property + 8)
  avif.writeUInt32BE(height, property + 12)
  return avif
}
