import pg from 'pg'

type Parse = (text: string) => unknown

const oid = { int8: 20, date: 1082, timestamp: 1114, timestamptz: 1184, interval: 1186, numeric: 1700 }
const arrayOid = {
  int8: 1016,
  timestamp: 1115,
  date: 1182,
  timestamptz: 1185,
  interval: 1187,
  numeric: 1231,
}

const TEXT_ARRAY: number = 1009
const asText: Parse = (text) => text
/** Array parser of pg that leaves each element a string. */
const textArray = pg.types.getTypeParser(TEXT_ARRAY) as Parse

const parsers = new Map<number, Parse>([
  [oid.int8, wholeNumber],
  [oid.numeric, asText],
  [oid.date, asText],
  [oid.timestamp, asText],
  [oid.interval, asText],
  [oid.timestamptz, isoTimestamp],
  [arrayOid.int8, eachOf(wholeNumber)],
  [arrayOid.numeric, textArray],
  [arrayOid.date, textArray],
  [arrayOid.timestamp, textArray],
  [arrayOid.interval, textArray],
  [arrayOid.timestamptz, eachOf(isoTimestamp)],
])

/**
 * How our connections read values, handed to each client so that pg's global parsers stay untouched.
 * timestamptz → ISO string, date and numeric → string, int8 → number, json → parsed, bytea → Buffer.
 */
export const columnTypes: pg.CustomTypesConfig = {
  getTypeParser: (id: number, format?: 'text' | 'binary') =>
    parsers.get(id) ?? pg.types.getTypeParser(id, format as 'text'),
}

/**
 * PostgreSQL's text of a timestamptz as `to_json` writes it: `2026-01-31T09:00:00.123456+00:00`, trailing zeros of the
 * fraction left out. A Date would lose the microseconds, and keyset cursors would then skip rows.
 */
function isoTimestamp(text: string): string {
  if (text.length < 20 || text.charCodeAt(10) !== 32) return text
  const iso = `${text.slice(0, 10)}T${text.slice(11)}`
  return iso.endsWith('+00') ? `${iso}:00` : iso
}

/** An int8 beyond 2^53 would silently change its value; that is a fault, not a number. */
function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint ${text} does not fit a JavaScript number`)
  return value
}

function eachOf(parse: Parse): Parse {
  return (text) => (textArray(text) as (string | null)[]).map((item) => (item === null ? null : parse(item)))
}
