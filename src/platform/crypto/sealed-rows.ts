import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../db/index.ts'
import type { SealedColumn, SealedTable } from './sealed-columns.ts'

/** `place` as its column gives it; the indexes are null where the column has none. */
export type SealedValue = {
  readonly place: string | Buffer
  readonly sealed: Buffer
  readonly index: Buffer | null
  readonly next: Buffer | null
}

export type RenewedValue = {
  readonly was: Buffer
  readonly sealed: Buffer
  readonly index: Buffer | null
  readonly next: Buffer | null
}

/** A row's values in the order of its table's columns; undefined where there is nothing to do. */
export type Keyed<V> = { readonly key: string; readonly values: readonly (V | undefined)[] }

export type KeyCount = { readonly key: number; readonly count: number }

type FoundRow = { key: string } & Record<string, Buffer | string | null>

/**
 * At most `size` rows after this key, in its order: walks the primary key. Without an index column only what another
 * key than `current` sealed; with one every value, since whether an index is right shows once the value is open.
 */
export async function sealedRows(
  db: Db,
  { table, key, columns }: SealedTable,
  { after, size, current }: { after: string | null; size: number; current: number },
): Promise<Keyed<SealedValue>[]> {
  const isOld = (column: SealedColumn) =>
    column.index
      ? sql<boolean>`${sql.ref(column.column)} IS NOT NULL`
      : sql<boolean>`coalesce(${keyOf(column)} <> ${current}, false)`
  const looks = columns.map(
    (column, n) => sql`
      CASE WHEN ${isOld(column)} THEN ${stored(column)} END AS ${sql.ref(`sealed_${n}`)},
      ${sql.ref(column.place)} AS ${sql.ref(`place_${n}`)},
      ${column.index ? sql.ref(column.index.column) : sql`NULL::bytea`} AS ${sql.ref(`index_${n}`)},
      ${column.index ? sql.ref(column.index.next) : sql`NULL::bytea`} AS ${sql.ref(`next_${n}`)}`,
  )
  const { rows } = await sql<FoundRow>`
    SELECT ${sql.ref(key)} AS key, ${sql.join(looks)} FROM ${sql.table(table)}
    WHERE (${after}::uuid IS NULL OR ${sql.ref(key)} > ${after}::uuid) AND (${sql.join(columns.map(isOld), sql` OR `)})
    ORDER BY ${sql.ref(key)} LIMIT ${size}`.execute(db)
  return rows.map((row) => ({ key: row.key, values: columns.map((_, n) => foundValue(row, n)) }))
}

function foundValue(row: FoundRow, n: number): SealedValue | undefined {
  const sealed = row[`sealed_${n}`]
  if (sealed === null || sealed === undefined) return undefined
  return {
    place: row[`place_${n}`]!,
    sealed: bytesOf(sealed),
    index: row[`index_${n}`] as Buffer | null,
    next: row[`next_${n}`] as Buffer | null,
  }
}

/**
 * Writes each value if it still is what it was: who changed it meanwhile wins. All of a row in one update, since each one
 * rewrites the row's entries in every index of its table. Answers how many values were written.
 */
export async function renewRows(
  db: Db,
  { table, key, columns }: SealedTable,
  rows: readonly Keyed<RenewedValue>[],
): Promise<number> {
  const list = <T>(n: number, of: (value: RenewedValue) => T) =>
    rows.map(({ values }) => (values[n] ? of(values[n]) : null))
  const given = columns.map((column, n) => {
    const type = column.form === 'bytes' ? sql`bytea[]` : sql`text[]`
    return sql`${list(n, ({ was }) => asStored(column, was))}::${type}, ${list(n, ({ sealed }) => asStored(column, sealed))}::${type},
      ${list(n, ({ index }) => index)}::bytea[], ${list(n, ({ next }) => next)}::bytea[]`
  })
  const names = columns.map((_, n) => sql.raw(`was_${n}, sealed_${n}, index_${n}, next_${n}`))
  const holds = columns.map((column, n) => sql`${stored(column, 't')} = ${sql.ref(`v.was_${n}`)}`)
  const writes = columns.flatMap((column, n) => {
    const sealed = sql.ref(`v.sealed_${n}`)
    const write = (name: string, value: RawBuilder<unknown>) =>
      sql`${sql.ref(name)} = CASE WHEN ${holds[n]!} THEN ${value} ELSE ${sql.ref(`t.${name}`)} END`
    return [
      write(column.column, column.form === 'json' ? sql`to_jsonb(${sealed})` : sealed),
      ...(column.index
        ? [
            write(column.index.column, sql.ref(`v.index_${n}`)),
            write(column.index.next, sql.ref(`v.next_${n}`)),
          ]
        : []),
    ]
  })
  const written = columns.map(
    (column, n) => sql`coalesce((${stored(column, 't')} = ${sql.ref(`v.sealed_${n}`)})::int, 0)`,
  )
  const { rows: counts } = await sql<{ written: number }>`
    WITH renewed AS (
      UPDATE ${sql.table(table)} AS t SET ${sql.join(writes)}
      FROM unnest(${rows.map((row) => row.key)}::uuid[], ${sql.join(given)}) AS v (key, ${sql.join(names)})
      WHERE ${sql.ref(`t.${key}`)} = v.key AND (${sql.join(holds, sql` OR `)})
      RETURNING ${sql.join(written, sql` + `)} AS written)
    SELECT coalesce(sum(written), 0)::int AS written FROM renewed`.execute(db)
  return counts[0]!.written
}

const SAMPLES = 5

/** A few of the values that this key sealed, each with its place. */
export async function samplesOf(
  db: Db,
  column: SealedColumn,
  key: number,
): Promise<Pick<SealedValue, 'place' | 'sealed'>[]> {
  const { rows } = await sql<{ place: string | Buffer; sealed: Buffer | string }>`
    SELECT ${sql.ref(column.place)} AS place, ${stored(column)} AS sealed FROM ${sql.table(column.table)}
    WHERE ${keyOf(column)} = ${key} LIMIT ${SAMPLES}`.execute(db)
  return rows.map(({ place, sealed }) => ({ place, sealed: bytesOf(sealed) }))
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
