import type pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { OperatorError } from '../errors.ts'
import { HELD_TEXT } from './canonical.ts'
import { eachCopiedRow } from './copied-rows.ts'
import type { AuditMonth } from './seal-rows.ts'
import type { HeldRow } from './verify-month.ts'

/**
 * One snapshot, in which names mean what PostgreSQL itself has under them: whoever owns the database can put functions of
 * their own before those, and views in a table's place. Tables of ours are named with their schema. Throws OperatorError
 * where audit_logs is not a table all through.
 */
export async function inSnapshot<T>(client: pg.ClientBase, read: () => Promise<T>): Promise<T> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  try {
    await client.query(
      `SET LOCAL search_path = pg_catalog, pg_temp; SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'`,
    )
    await assertTable(client)
    return await read()
  } finally {
    await client.query('ROLLBACK')
  }
}

/** A view, a table elsewhere, a column that is computed or of a type with casts of its own would say what its owner likes. */
async function assertTable(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ strange: string }>(`
    SELECT c.oid::regclass::text AS strange FROM pg_class c
    WHERE c.oid = 'public.audit_logs'::regclass AND c.relkind <> 'p'
    UNION ALL
    SELECT c.oid::regclass::text FROM pg_partition_tree('public.audit_logs') t JOIN pg_class c ON c.oid = t.relid
    WHERE c.relkind NOT IN ('p', 'r')
    UNION ALL
    SELECT 'column ' || a.attname FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    WHERE a.attrelid = 'public.audit_logs'::regclass AND a.attnum > 0 AND NOT a.attisdropped
      AND (a.attgenerated <> '' OR t.typnamespace <> 'pg_catalog'::regnamespace)`)
  if (rows.length === 0) return
  const named = rows.map(({ strange }) => strange).join(', ')
  throw new OperatorError(`audit_logs is not the table that rows were written to: see ${named}`)
}

/** In the order of their ids; below `end`, the last seal's, nothing should come that no seal covers. In a snapshot. */
export async function eachHeldRow(
  client: pg.Client | pg.ClientBase,
  { retention_class, month }: AuditMonth,
  end: string | undefined,
  take: (row: HeldRow) => void,
): Promise<void> {
  // COPY takes no parameters.
  const literal = (text: string) => `'${text.replaceAll("'", "''")}'`
  const start = `${literal(month)}::date::timestamptz`
  const below =
    end === undefined
      ? 'false'
      : `coalesce(a.xid < ${literal(end)}::xid8 OR a.xid >= pg_snapshot_xmax(pg_current_snapshot()), true)`
  // A row at infinity is in the month that begins and ends there.
  const text = `COPY (
    SELECT a.log_id, ${below}, a.mac, ${HELD_TEXT} FROM public.audit_logs a
    WHERE a.retention_class = ${literal(retention_class)} AND a.timestamp >= ${start}
      AND (a.timestamp < ${start} + interval '1 month' OR a.timestamp = ${start})
    ORDER BY a.log_id) TO STDOUT (FORMAT binary)`
  await eachCopiedRow(client.query(copyTo(text)), ([id, isBelow, mac, told]) =>
    take({ id: id!, isBelow: isBelow![0] === 1, mac: mac ?? EMPTY, text: told! }),
  )
}

const EMPTY = Buffer.alloc(0)
