import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../db/index.ts'
import type { SealedColumn } from './sealed-columns.ts'

/** `place` as its column gives it; the indexes are null where the column has none. */
export type SealedRow = {
  readonly key: string
  readonly place: string | Buffer
  readonly sealed: Buffer
  readonly index: Buffer | null
  readonly next: Buffer | null
}

export type Renewal = {
  readonly key: string
  readonly was: Buffer
  readonly sealed: Buffer
  readonly index: Buffer | null
  readonly next: Buffer | null
}

export type KeyCount = { readonly key: number; readonly count: number }

/**
 * At most `size` values after this key, in its order: walks the primary key. Without an index column only what another
 * key than `current` sealed; with one every value, since whether an index is right shows once the value is open.
 */
export async function sealedRows(
  db: Db,
  column: SealedColumn,
  { after, size, current }: { after: string | null; size: number; current: number },
): Promise<SealedRow[]> {
  const { table, key, place, index } = column
  const { rows } = await sql<Omit<SealedRow, 'sealed'> & { sealed: Buffer | string }>`
    SELECT ${sql.ref(key)} AS key, ${sql.ref(place)} AS place, ${stored(column)} AS sealed,
      ${index ? sql.ref(index.column) : sql`NULL::bytea`} AS index, ${index ? sql.ref(index.next) : sql`NULL::bytea`} AS next
    FROM ${sql.table(table)}
    WHERE ${sql.ref(column.column)} IS NOT NULL AND (${after}::uuid IS NULL OR ${sql.ref(key)} > ${after}::uuid)
      AND (${index !== undefined} OR ${keyOf(column)} <> ${current})
    ORDER BY ${sql.ref(key)} LIMIT ${size}`.execute(db)
  return rows.map((row) => ({ ...row, sealed: bytesOf(row.sealed) }))
}

/** Writes each one if it still is what it was: who changed it meanwhile wins. Answers how many were written. */
export async function renewRows(db: Db, column: SealedColumn, renewals: readonly Renewal[]): Promise<number> {
  const { table, key, index } = column
  const list = <T>(of: (renewal: Renewal) => T) => renewals.map(of)
  const type = column.form === 'bytes' ? sql`bytea[]` : sql`text[]`
  const indexes = index ? sql`, ${sql.ref(index.column)} = v.index, ${sql.ref(index.next)} = v.next` : sql``
  const { numAffectedRows } = await sql`
    UPDATE ${sql.table(table)} AS t
    SET ${sql.ref(column.column)} = ${column.form === 'json' ? sql`to_jsonb(v.sealed)` : sql`v.sealed`} ${indexes}
    FROM unnest(${list((one) => one.key)}::uuid[], ${list(({ was }) => asStored(column, was))}::${type},
      ${list(({ sealed }) => asStored(column, sealed))}::${type},
      ${list((one) => one.index)}::bytea[], ${list((one) => one.next)}::bytea[]) AS v (key, was, sealed, index, next)
    WHERE ${sql.ref(`t.${key}`)} = v.key AND ${stored(column, 't')} = v.was`.execute(db)
  return Number(numAffectedRows ?? 0)
}

/** How many values each key sealed, by the number that stands in them. Scans the table. */
export async function countByKey(db: Db, column: SealedColumn): Promise<KeyCount[]> {
  const { rows } = await sql<KeyCount>`
    SELECT ${keyOf(column)} AS key, count(*)::int AS count FROM ${sql.table(column.table)}
    WHERE ${sql.ref(column.column)} IS NOT NULL GROUP BY 1 ORDER BY 1`.execute(db)
  return rows
}

function stored({ column, form }: SealedColumn, alias?: string): RawBuilder<unknown> {
  const name = sql.ref(alias === undefined ? column : `${alias}.${column}`)
  return form === 'json' ? sql`(${name} #>> '{}')` : sql`${name}`
}

/** The second byte; of base64url the first four letters hold three. */
function keyOf(column: SealedColumn): RawBuilder<number> {
  return column.form === 'bytes'
    ? sql`get_byte(${stored(column)}, 1)`
    : sql`get_byte(decode(translate(left(${stored(column)}, 4), '-_', '+/'), 'base64'), 1)`
}

function bytesOf(stored: Buffer | string): Buffer {
  return typeof stored === 'string' ? Buffer.from(stored, 'base64url') : stored
}

function asStored({ form }: SealedColumn, sealed: Buffer): Buffer | string {
  return form === 'bytes' ? sealed : sealed.toString('base64url')
}
