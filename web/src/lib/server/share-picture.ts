import { createRequire } from 'node:module'
import { renderAsync } from '@resvg/resvg-js'
import { weave } from '#lib/ui/weave.ts'

const FONTS = ['700Bold/AlbertSans_700Bold.ttf', '500Medium/AlbertSans_500Medium.ttf']
const PACKAGE = '@expo-google-fonts/albert-sans'
const { resolve } = createRequire(import.meta.url)

const [WIDTH, HEIGHT] = [1200, 630]
/** The room for words, left of the cloth. */
const ROOM = 720
/** How wide a letter of the bold font is on average, to its size. */
const LETTER = 0.56
const THIN = 0.5
/** What the font can write. */
const WRITABLE = /[^\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]|\p{Extended_Pictographic}/gu

export type ShareWords = { readonly seed: string; readonly title: string; readonly below: string }

/** The picture that stands beside a shared link, as PNG: words on paper beside a cloth woven from the seed. About 50 ms. */
export async function sharePicture(words: ShareWords): Promise<Uint8Array<ArrayBuffer>> {
  const image = await renderAsync(drawing(words), {
    font: {
      loadSystemFonts: false,
      defaultFontFamily: 'Albert Sans',
      fontFiles: FONTS.map((file) => resolve(`${PACKAGE}/${file}`)),
    },
  })
  return new Uint8Array(image.asPng())
}

function drawing({ seed, title, below }: ShareWords): string {
  const { ground, tiles } = weave(seed, 3, 5)
  const { size, lines } = laid(writable(title))
  const leading = size * 1.15
  const top = 315 - ((lines.length - 1) * leading) / 2
  const rows = lines.map(
    (line, i) =>
      `<text x="72" y="${top + i * leading}" font-size="${size}" font-weight="700">${escaped(line)}</text>`,
  )
  const belowLines = wrapped(writable(below), Math.floor(ROOM / (32 * THIN)))
  const belowRows = [belowLines[0] ?? '', cut(belowLines.slice(1).join(' '), 44)].map(
    (line, i) =>
      `<text x="72" y="${530 + i * 42}" font-size="32" font-weight="500" fill="#63534a">${escaped(line)}</text>`,
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" font-family="Albert Sans" fill="#241a15">
    <rect width="${WIDTH}" height="${HEIGHT}" fill="#fbf7f2"/>
    <g transform="translate(822 0) scale(3.15)"><rect width="120" height="200" fill="${ground}"/>
    ${tiles.map(({ place, fill, path }) => `<path transform="${place}" fill="${fill}" d="${path}"/>`).join('')}</g>
    <g transform="translate(72 64) scale(1.75)"><rect width="32" height="32" rx="9" fill="#a83a12"/>
    <path d="M8 24V8a8 8 0 0 1 8 8 8 8 0 0 1-8 8z" fill="#fbe3c4"/><path d="M16 24a8 8 0 0 1 8-8v8z" fill="#f2a65a"/>
    <circle cx="21" cy="11" r="3" fill="#f2a65a"/></g>
    <text x="148" y="104" font-size="32" font-weight="700">Brand Coach Network</text>
    ${rows.join('')}
    ${belowRows.join('')}
  </svg>`
}

/** As large as four lines allow. */
function laid(title: string): { size: number; lines: readonly string[] } {
  for (const size of [76, 64, 52]) {
    const lines = wrapped(title, Math.floor(ROOM / (size * LETTER)))
    if (lines.length <= 4 - (size === 76 ? 1 : 0)) return { size, lines }
  }
  const lines = wrapped(title, Math.floor(ROOM / (44 * LETTER)))
  const shown = lines.slice(0, 5)
  return { size: 44, lines: lines.length > 5 ? [...shown.slice(0, 4), cut(`${shown[4]}…`, 30)] : shown }
}

function wrapped(text: string, most: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text
    .split(/\s+/)
    .flatMap((long) => long.match(new RegExp(`.{1,${most}}`, 'gu')) ?? [])) {
    const longer = line === '' ? word : `${line} ${word}`
    if (longer.length <= most) line = longer
    else {
      lines.push(line)
      line = word
    }
  }
  return line === '' ? lines : [...lines, line]
}

/** Other scripts would be boxes: the cloth speaks then. */
function writable(text: string): string {
  return text
    .replace(WRITABLE, '')
    .replace(/\p{Cc}|\p{Cf}/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 300)
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1).trimEnd()}…` : text
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
