import type { Database } from '../../platform/db/index.ts'
import { publishFact } from '../../platform/facts/index.ts'
import type { Storage } from '../../platform/storage/index.ts'
import { exportKey } from './export-files.ts'
import { withdrawExports } from './queries/exports.ts'

export const WITHDRAW_EXPORTS = 'privacy.withdraw_exports.v1'

/**
 * Once somebody is erased: takes back every archive that was packed or begun before, since none can be known not to name
 * them, and tells its owner to ask again. Only after the erasure has committed: a snapshot taken later is without them. One
 * that is being packed finds itself given up, and deletes what it stored. Safe to repeat; a file that a crash leaves is swept.
 */
export async function withdrawAllExports(db: Database, storage: Storage): Promise<number> {
  const withdrawn = await db.transaction(null, async (tx) => {
    const exports = await withdrawExports(tx)
    for (const { user_id, export_id } of exports) {
      const reference = { type: 'data_export', id: export_id }
      await publishFact(tx, {
        name: 'privacy.export_withdrawn',
        actor: null,
        reference,
        recipients: [user_id],
      })
    }
    return exports
  })
  for (const { user_id, export_id } of withdrawn) await storage.delete(exportKey(user_id, export_id))
  return withdrawn.length
}
