import { hash } from 'node:crypto'
import { badRequest } from './errors.ts'

/** How many items a page has when the request does not say. */
export const PAGE = 20
/** The greatest id, for the first page of a list that descends by id. */
export const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff'
/** The least id, for the first page of a list that ascends by id. */
export const FIRST_ID = '00000000-0000-0000-0000-000000000000'

const VERSION = 1
const LONGEST = 1024

/** A filter's values, in any order; undefined ones do not count. */
export type CursorFilter = Readonly<Record<string, unknown>>

/** Where a list stopped: its sort, the sort columns' texts of the last row sent, and the filter it belongs to. */
export type CursorPlace = {
  readonly sort: string
  readonly key: readonly string[]
  readonly filter: CursorFilter
}

/**
 * Base64url of [version, sort, key, digest of the filter]. The key holds what was sent anyway, so nothing is hidden in
 * it; timestamps go in as PostgreSQL wrote them, with their microseconds.
 */
export function encodeCursor({ sort, key, filter }: CursorPlace): string {
  return Buffer.from(JSON.stringify([VERSION, sort, key, filterDigest(filter)])).toString('base64url')
}

/**
 * The key of a cursor that was made for this sort and filter, with `length` parts when it is given. Anything else
 * (malformed, of another list, of another filter) is 400 `cursor.invalid`. The parts are the client's to forge:
 * pass them as parameters only.
 */
export function decodeCursor(
  text: string,
  expected: { readonly sort: string; readonly filter: CursorFilter; readonly length?: number },
): string[] {
  const [version, sort, key, filter] = parse(text)
  const known = version === VERSION && sort === expected.sort && filter === filterDigest(expected.filter)
  if (!known || !isKey(key) || key.length !== (expected.length ?? key.length)) throw invalid()
  return key
}

function parse(text: string): unknown[] {
  if (text.length > LONGEST) throw invalid()
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
    return Array.isArray(value) ? value : []
  } catch {
    throw invalid()
  }
}

function isKey(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((part) => typeof part === 'string' && isText(part))
}

function isText(part: string): boolean {
  return part.isWellFormed() && !part.includes('\0')
}

/** What ties a cursor to its filter; for statements that write the cursor themselves (`cursor_text`). */
export function filterDigest(filter: CursorFilter): string {
  const entries = Object.entries(filter).filter(([, value]) => value !== undefined)
  entries.sort(([a], [b]) => (a < b ? -1 : 1))
  return hash('sha256', JSON.stringify(entries), 'base64url').slice(0, 12)
}

function invalid() {
  return badRequest(
    'cursor.invalid',
    'This cursor does not belong to this list and filter; begin again without it.',
  )
}
