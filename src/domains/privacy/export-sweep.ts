import type { Database } from '../../platform/db/index.ts'
import { inBatches } from '../../platform/jobs/index.ts'
import type { Storage } from '../../platform/storage/index.ts'
import { EXPORTS, exportKey, exportOfKey } from './export-files.ts'
import { expiredExports, isExportLive, markExpired } from './queries/exports.ts'

const BATCH = 100

/** Deletes the files whose time is over, then says so; and those that nobody knows of any more. Safe to repeat. */
export async function sweepExports(db: Database, storage: Storage, signal: AbortSignal): Promise<number> {
  const expired = await inBatches(BATCH, signal, async (size) => {
    const over = await db.transaction(null, (tx) => expiredExports(tx, size), { readOnly: true })
    for (const { user_id, export_id } of over) await storage.delete(exportKey(user_id, export_id))
    await db.transaction(null, (tx) =>
      markExpired(
        tx,
        over.map(({ export_id }) => export_id),
      ),
    )
    return over.length
  })
  return expired + (await sweepOrphans(db, storage, signal))
}

/** A file may come when its person has just been erased, or be left by a job that died and was given up. */
async function sweepOrphans(db: Database, storage: Storage, signal: AbortSignal): Promise<number> {
  let swept = 0
  for await (const key of storage.list(EXPORTS)) {
    if (signal.aborted) break
    const id = exportOfKey(key)
    const live =
      id === undefined ? false : await db.transaction(null, (tx) => isExportLive(tx, id), { readOnly: true })
    if (live) continue
    await storage.delete(key)
    swept++
  }
  return swept
}
