import { sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'

export type TextTable = { readonly table: string; readonly columns: readonly string[] }

/**
 * Every table of every schema with its columns that hold text or JSON, from the catalogue: also those of the queue, of
 * analysts, and of whoever adds one tomorrow. What is sealed is bytea, and says nothing.
 */
export async function textTables(db: Db): Promise<TextTable[]> {
  const { rows } = await sql<TextTable>`
    SELECT n.nspname || '.' || c.relname AS "table", json_agg(a.attname ORDER BY a.attnum) AS columns
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = coalesce((SELECT e.typelem FROM pg_type e WHERE e.oid = a.atttypid AND e.typcategory = 'A'), a.atttypid)
    WHERE c.relkind IN ('r', 'p', 'm') AND NOT c.relispartition
      AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
      AND t.typname IN ('text', 'varchar', 'bpchar', 'citext', 'name', 'json', 'jsonb', 'xml', 'tsvector')
    GROUP BY 1 ORDER BY 1`.execute(db)
  return rows
}

/** In how many rows each column holds any of the patterns (LIKE, folded). Reads the whole table, once. */
export async function rowsWith(
  db: Db,
  { table, columns }: TextTable,
  patterns: readonly string[],
): Promise<number[]> {
  const counts = columns.map(
    (column) =>
      sql`count(*) FILTER (WHERE lower(${sql.ref(column)}::text) LIKE ANY (${patterns}::text[]))::int`,
  )
  const { rows } = await sql<{ counts: number[] }>`
    SELECT json_build_array(${sql.join(counts)}) AS counts FROM ${sql.table(table)}`.execute(db)
  return rows[0]!.counts
}
