import type pg from 'pg'

export type Row = Readonly<Record<string, unknown>>

/**
 * Inserts rows of one table by one statement; columns that are not named take their defaults. Every row names the same
 * columns. Table and column names come from this folder's own source.
 */
export async function insertRows(client: pg.ClientBase, table: string, rows: readonly Row[]): Promise<void> {
  const [first] = rows
  if (!first) return
  const columns = Object.keys(first).join(', ')
  await client.query(
    `INSERT INTO ${table} (${columns}) SELECT ${columns} FROM jsonb_populate_recordset(NULL::${table}, $1::jsonb)`,
    [JSON.stringify(rows)],
  )
}
