import { sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'

export type DataExport = {
  export_id: string
  status: 'queued' | 'building' | 'ready' | 'failed' | 'expired'
  requested_at: string
  finished_at: string | null
  expires_at: string | null
  tables_total: number
  tables_done: number
  rows_written: number
  size_bytes: number | null
}

const SHOWN = [
  'export_id',
  sql<DataExport['status']>`status`.as('status'),
  'requested_at',
  'finished_at',
  'expires_at',
  'tables_total',
  'tables_done',
  'rows_written',
  'size_bytes',
] as const

/** Undefined: one is being built already. */
export async function insertExport(db: Db, userId: string): Promise<DataExport | undefined> {
  return db
    .insertInto('data_exports')
    .values({ user_id: userId })
    .onConflict((conflict) =>
      conflict.column('user_id').where(sql<boolean>`status IN ('queued', 'building')`).doNothing(),
    )
    .returning(SHOWN)
    .executeTakeFirst()
}

/** The newest first. */
export async function exportsOf(db: Db, userId: string): Promise<DataExport[]> {
  return db
    .selectFrom('data_exports')
    .select(SHOWN)
    .where('user_id', '=', userId)
    .orderBy('requested_at', 'desc')
    .limit(20)
    .execute()
}

export async function exportOf(db: Db, userId: string, exportId: string): Promise<DataExport | undefined> {
  return db
    .selectFrom('data_exports')
    .select(SHOWN)
    .where('user_id', '=', userId)
    .where('export_id', '=', exportId)
    .executeTakeFirst()
}

/** Begins, or begins again after a crash. Undefined: it is over. */
export async function claimExport(
  db: Db,
  exportId: string,
  tables: number,
): Promise<{ user_id: string } | undefined> {
  return db
    .updateTable('data_exports')
    .set({
      status: 'building',
      started_at: sql`now()`,
      tables_total: tables,
      tables_done: 0,
      rows_written: 0,
    })
    .where('export_id', '=', exportId)
    .where('status', 'in', ['queued', 'building'])
    .returning('user_id')
    .executeTakeFirst()
}

export async function noteProgress(db: Db, exportId: string, tables: number, rows: number): Promise<void> {
  await db
    .updateTable('data_exports')
    .set({ tables_done: tables, rows_written: rows })
    .where('export_id', '=', exportId)
    .where('status', '=', 'building')
    .execute()
}

export type Built = {
  readonly tables: number
  readonly rows: number
  readonly size: number
  readonly sha256: Buffer
  readonly days: number
}

/** False: somebody else has finished it, or its person is gone. */
export async function finishExport(
  db: Db,
  exportId: string,
  { tables, rows, size, sha256, days }: Built,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('data_exports')
    .set({
      status: 'ready',
      finished_at: sql`now()`,
      expires_at: sql`now() + make_interval(days => ${days})`,
      tables_done: tables,
      rows_written: rows,
      size_bytes: size,
      sha256,
    })
    .where('export_id', '=', exportId)
    .where('status', '=', 'building')
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}

/** So that the person may ask again. */
export async function failExport(db: Db, exportId: string): Promise<void> {
  await db
    .updateTable('data_exports')
    .set({ status: 'failed', finished_at: sql`now()` })
    .where('export_id', '=', exportId)
    .where('status', 'in', ['queued', 'building'])
    .execute()
}

/** For the sweep. Walks idx_data_exports_expires. */
export async function expiredExports(
  db: Db,
  size: number,
): Promise<{ export_id: string; user_id: string }[]> {
  return db
    .selectFrom('data_exports')
    .select(['export_id', 'user_id'])
    .where('status', '=', 'ready')
    .where('expires_at', '<', sql<string>`now()`)
    .orderBy('expires_at')
    .limit(size)
    .execute()
}

/** Whether its file is there to be fetched, or about to be. */
export async function isExportLive(db: Db, exportId: string): Promise<boolean> {
  const row = await db
    .selectFrom('data_exports')
    .select('export_id')
    .where('export_id', '=', exportId)
    .where('status', 'in', ['queued', 'building', 'ready'])
    .executeTakeFirst()
  return row !== undefined
}

export async function markExpired(db: Db, exportIds: readonly string[]): Promise<void> {
  await db
    .updateTable('data_exports')
    .set({ status: 'expired' })
    .where('export_id', '=', sql<string>`ANY (${exportIds}::uuid[])`)
    .where('status', '=', 'ready')
    .execute()
}

/** Ends every archive that is there or being packed, as one that is over or given up. Answers which. */
export async function withdrawExports(db: Db): Promise<{ export_id: string; user_id: string }[]> {
  const { rows } = await sql<{ export_id: string; user_id: string }>`
    UPDATE data_exports SET status = CASE status WHEN 'ready' THEN 'expired' ELSE 'failed' END,
      finished_at = coalesce(finished_at, now())
    WHERE status IN ('building', 'ready') RETURNING export_id, user_id`.execute(db)
  return rows
}

/** What told of a file that is long gone, and what never became one. */
export async function deleteOldExports(db: Db, size: number): Promise<number> {
  const { numAffectedRows } = await sql`
    DELETE FROM data_exports WHERE export_id IN (
      SELECT export_id FROM data_exports
      WHERE requested_at < now() - interval '90 days' AND status IN ('failed', 'expired') LIMIT ${size})`.execute(
    db,
  )
  return Number(numAffectedRows ?? 0)
}
