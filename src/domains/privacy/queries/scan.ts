import { sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'

/** `bytes`: what is in it is shown by `encode`. */
export type TextColumn = { readonly name: string; readonly bytes: boolean }
export type TextTable = { readonly table: string; readonly columns: readonly TextColumn[] }

/**
 * Every table of every schema with its columns that could hold words, from the catalogue: also those of the queue, of
 * analysts, and of whoever adds one tomorrow. By what a type is and not by its name, so that a domain, a composite, an array
 * or bytes hide nothing; left out is what has no letters: numbers, moments, addresses of machines, ids.
 */
export async function textTables(db: Db): Promise<TextTable[]> {
  const { rows } = await sql<TextTable>`
    WITH RECURSIVE root (oid, base) AS (
      SELECT oid, oid FROM pg_type WHERE typtype <> 'd'
      UNION ALL
      SELECT d.oid, root.base FROM pg_type d JOIN root ON d.typbasetype = root.oid WHERE d.typtype = 'd'
    )
    SELECT n.nspname || '.' || c.relname AS "table",
      json_agg(json_build_object('name', a.attname, 'bytes', root.base = 'bytea'::regtype) ORDER BY a.attnum) AS columns
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN root ON root.oid = a.atttypid
    JOIN pg_type t ON t.oid = root.base
    WHERE c.relkind IN ('r', 'p', 'm') AND NOT c.relispartition
      AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
      AND t.typcategory NOT IN ('B', 'D', 'E', 'G', 'I', 'N', 'T', 'V') AND t.oid <> 'uuid'::regtype
    GROUP BY 1 ORDER BY 1`.execute(db)
  return rows
}

/** What is looked for in a folded text: LIKE patterns and, only where one of `hints` (LIKE) stands, regular expressions. */
export type Sought = {
  readonly patterns: readonly string[]
  readonly hints: readonly string[]
  readonly expressions: readonly string[]
}

/** In how many rows each column holds any of it. Reads the whole table, once. */
export async function rowsWith(
  db: Db,
  { table, columns }: TextTable,
  { patterns, hints, expressions }: Sought,
): Promise<number[]> {
  const counts = columns.map(({ name, bytes }) => {
    const column = sql.ref(name)
    const text = bytes ? sql`lower(encode(${column}, 'escape'))` : sql`lower(${column}::text)`
    return sql`count(*) FILTER (WHERE ${text} LIKE ANY (${patterns}::text[])
      OR (${text} LIKE ANY (${hints}::text[]) AND ${text} ~ ANY (${expressions}::text[])))::int`
  })
  const { rows } = await sql<{ counts: number[] }>`
    SELECT json_build_array(${sql.join(counts)}) AS counts FROM ${sql.table(table)}`.execute(db)
  return rows[0]!.counts
}
