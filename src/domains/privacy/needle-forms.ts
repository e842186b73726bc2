/** A text as it mostly stands somewhere, folded: as it is, and as JSON writes it. */
export function formsOf(text: string): string[] {
  const folded = text.toLowerCase()
  return [...new Set([folded, JSON.stringify(folded).slice(1, -1)])]
}

/** What stands in every text that hides a needle from `formsOf`, and in few others: then `disguised` looks closer. */
export const DISGUISES = ['\\', '%', '+'] as const

/**
 * A regular expression, for PostgreSQL and JavaScript alike, that finds a text in a folded one however its characters are
 * written: as they are, escaped as in JSON (\u0061), percent-encoded (%61), once or over again, or as the bytes that PostgreSQL shows.
 */
export function disguised(text: string): string {
  return [...text].map(anyFormOf).join('')
}

function anyFormOf(character: string): string {
  const cases = [...new Set([character.toLowerCase(), character.toUpperCase()])]
  const bytes = character > '\x7f' ? cases.map(inOctal) : []
  const forms = [plain(character.toLowerCase()), ...cases.map(inJson), ...cases.map(inUrl), ...bytes]
  return `(?:${forms.join('|')})`
}

function plain(character: string): string {
  if (character === ' ') return '[ +]'
  if (character === '\n') return '\\n|\\\\+n'
  const literal = character.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
  return /["\\/]/.test(character) ? `\\\\*${literal}` : literal
}

function inJson(character: string): string {
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at))
  return units.map((unit) => `\\\\+u${unit.toString(16).padStart(4, '0')}`).join('')
}

function inUrl(character: string): string {
  return [...Buffer.from(character)].map((byte) => `%(?:25)*${byte.toString(16).padStart(2, '0')}`).join('')
}

/** As `encode(bytes, 'escape')` shows what is not ASCII. */
function inOctal(character: string): string {
  return [...Buffer.from(character)].map((byte) => `\\\\${byte.toString(8)}`).join('')
}
