export type PictureFormat = 'jpeg' | 'png' | 'webp' | 'gif' | 'avif'

/** What the first bytes say a file is, whatever it is called; null for everything that we do not decode. */
export function formatOf(bytes: Buffer): PictureFormat | null {
  const at = (offset: number, text: string) => bytes.toString('latin1', offset, offset + text.length) === text
  if (at(0, '\xff\xd8\xff')) return 'jpeg'
  if (at(0, '\x89PNG\r\n\x1a\n')) return 'png'
  if (at(0, 'RIFF') && at(8, 'WEBP')) return 'webp'
  if (at(0, 'GIF87a') || at(0, 'GIF89a')) return 'gif'
  if (at(4, 'ftyp') && brandsOf(bytes).some((brand) => brand === 'avif' || brand === 'avis')) return 'avif'
  return null
}

/** ISO/IEC 14496-12 §4.3: the major brand, its version, then the compatible ones. HEIC has the same box and other brands. */
function brandsOf(bytes: Buffer): string[] {
  const end = Math.min(bytes.length >= 4 ? bytes.readUInt32BE(0) : 0, bytes.length, 256)
  const brands = [bytes.toString('latin1', 8, 12)]
  for (let offset = 16; offset + 4 <= end; offset += 4)
    brands.push(bytes.toString('latin1', offset, offset + 4))
  return brands
}
