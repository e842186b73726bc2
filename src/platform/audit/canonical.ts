/** A row of audit_logs without its MAC and transaction, as it is written. */
export type AuditRow = {
  readonly retention_class: string
  readonly log_id: string
  /** Milliseconds since 1970. */
  readonly timestamp: number
  readonly user_id: string | null
  readonly impersonating_user_id: string | null
  readonly action: string
  readonly entity_type: string | null
  readonly entity_id: string | null
  /** As `jsonbText` writes it. */
  readonly changes: string | null
  readonly metadata: string | null
  readonly origin_cipher: Buffer | null
  readonly request_id: string | null
  readonly severity: string
}

const BETWEEN = '\x1f'
const NOTHING = '\x1e'
const POSTGRES_EPOCH_MS = 946_684_800_000

/**
 * What the MAC is taken over: every column but mac and xid, in one text. A separator stands between any two, also where there
 * is nothing, so that no two rows read the same. `HELD_TEXT` is the same of the row that the database holds.
 */
export function auditText(row: AuditRow): string {
  return [
    row.retention_class,
    row.log_id,
    ((BigInt(row.timestamp) - BigInt(POSTGRES_EPOCH_MS)) * 1000n).toString(16).padStart(16, '0'),
    row.user_id ?? NOTHING,
    row.impersonating_user_id ?? NOTHING,
    row.action,
    row.entity_type ?? NOTHING,
    row.entity_id ?? NOTHING,
    NOTHING, // description
    row.changes ?? NOTHING,
    row.metadata ?? NOTHING,
    NOTHING, // ip_address, which stays empty
    NOTHING, // user_agent, likewise
    row.origin_cipher?.toString('hex') ?? NOTHING,
    row.request_id ?? NOTHING,
    row.severity,
  ].join(BETWEEN)
}

/**
 * Of a row `a` of audit_logs. Its own SQL, of PostgreSQL's own functions alone: what the database keeps under a name, its
 * owner can replace.
 */
export const HELD_TEXT = `concat_ws(E'\\x1f', a.retention_class, a.log_id, encode(timestamptz_send(a.timestamp), 'hex'),
    coalesce(a.user_id::text, E'\\x1e'), coalesce(a.impersonating_user_id::text, E'\\x1e'),
    a.action, coalesce(a.entity_type, E'\\x1e'), coalesce(a.entity_id::text, E'\\x1e'),
    coalesce(to_json(a.description)::text, E'\\x1e'), coalesce(a.changes::text, E'\\x1e'), coalesce(a.metadata::text, E'\\x1e'),
    coalesce(a.ip_address::text, E'\\x1e'), coalesce(to_json(a.user_agent)::text, E'\\x1e'),
    coalesce(encode(a.origin_cipher, 'hex'), E'\\x1e'), coalesce(a.request_id::text, E'\\x1e'), coalesce(a.severity, E'\\x1e'))`

/**
 * The text that PostgreSQL prints of a jsonb: keys by length and then by bytes, a blank behind each comma and colon,
 * numbers without exponents. What JSON.stringify leaves out is left out.
 */
export function jsonbText(value: unknown): string {
  return printed(JSON.parse(JSON.stringify(value)))
}

function printed(value: unknown): string {
  if (typeof value === 'number') return plainNumber(value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(printed).join(', ')}]`
  const entries = Object.entries(value)
    .map(([key, held]) => ({ key: Buffer.from(key), text: `${JSON.stringify(key)}: ${printed(held)}` }))
    .sort((a, b) => a.key.length - b.key.length || Buffer.compare(a.key, b.key))
  return `{${entries.map(({ text }) => text).join(', ')}}`
}

/** 1e-7 is 0.0000001, and 1e21 a 1 with 21 zeros. */
function plainNumber(value: number): string {
  const [, sign = '', whole = '', fraction = '', exponent] =
    /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(String(value)) ?? []
  if (exponent === undefined) return String(value)
  const digits = whole + fraction
  const point = whole.length + Number(exponent)
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  return `${sign}${digits.padEnd(point, '0')}`
}
