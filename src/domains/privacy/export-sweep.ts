import type { Database } from '../../platform/db/index.ts'
import { inBatches } from '../../platform/jobs/index.ts'
import type { Storage } from '../../platform/storage/index.ts'
import { exportKey } from './export-files.ts'
import { expiredExports, markExpired } from './queries/exports.ts'

const BATCH = 100

/** Deletes the files whose time is over, then says so. Safe to repeat. */
export function sweepExports(db: Database, storage: Storage, signal: AbortSignal): Promise<number> {
  return inBatches(BATCH, signal, async (size) => {
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
}
