/** CR, LF and what else ends a line somewhere (NEL, the separators of Unicode), NUL, tabs: with one of them a value becomes two headers. */
const BREAKS = /[\p{Cc}\u2028\u2029]/u

export function isOneLine(text: string): boolean {
  return !BREAKS.test(text)
}

/** The same words on one line: for titles that people wrote, before they become a subject. */
export function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}\u2028\u2029]+/gu, ' ').trim()
}
