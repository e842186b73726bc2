import pg from 'pg'

export type Values = Readonly<Record<string, unknown>>

export function insertInto(table: string, values: Values): string {
  const columns = Object.keys(values).map(pg.escapeIdentifier).join(', ')
  return `INSERT INTO ${table} (${columns}) VALUES (${Object.values(values).map(literal).join(', ')})`
}

/** `a = 1, b = NULL` or, for a row's key, `a = 1 AND b = 2`. */
export function pairs(values: Values, separator: ', ' | ' AND '): string {
  return Object.entries(values)
    .map(([column, value]) => `${pg.escapeIdentifier(column)} = ${literal(value)}`)
    .join(separator)
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'NULL'
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return pg.escapeLiteral(typeof value === 'string' ? value : JSON.stringify(value))
}
