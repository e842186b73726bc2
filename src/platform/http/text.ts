const DEEPEST = 100

/**
 * PostgreSQL stores neither NUL nor half of a surrogate pair; JSON can carry both, as escapes. One look at a body's
 * source decides in nearly every case: without `\u` in it no such character can come out of it. `__proto__` as a key
 * is refused with them, before some Object.assign takes it for a prototype.
 */
export function mayHideBadText(source: string): boolean {
  return source.includes('\\u') || source.includes('__proto__')
}

/** The JSON pointer of the first string, key or value, that we do not take; undefined when all are fine. */
export function badTextPointer(value: unknown, pointer = '', depth = 0): string | undefined {
  if (typeof value === 'string') return isStorable(value) ? undefined : pointer
  if (typeof value !== 'object' || value === null) return undefined
  if (depth === DEEPEST) return pointer
  for (const [key, child] of Object.entries(value)) {
    if (!isStorable(key) || key === '__proto__') return pointer
    const found = badTextPointer(child, `${pointer}/${escapePointer(key)}`, depth + 1)
    if (found !== undefined) return found
  }
  return undefined
}

/** A path and query whose percent-encoding is valid UTF-8 without NUL. */
export function isCleanUrl(url: string): boolean {
  if (!url.includes('%')) return true
  try {
    return !decodeURIComponent(url).includes('\0')
  } catch {
    return false
  }
}

/** One step of a JSON pointer (RFC 6901). */
export function escapePointer(step: string): string {
  return step.replaceAll('~', '~0').replaceAll('/', '~1')
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}
