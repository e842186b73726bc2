/** A whole number that is the same for the same text: what generated pictures are drawn from (FNV-1a). */
export function seedOf(text: string): number {
  let hash = 2_166_136_261
  for (let i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i)
    hash = Math.imul(hash, 16_777_619)
  }
  return hash >>> 0
}
