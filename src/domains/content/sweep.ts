import type { Database } from '../../platform/db/index.ts'
import { inBatches } from '../../platform/jobs/index.ts'
import type { Storage } from '../../platform/storage/index.ts'
import { closeAbandoned, deleteAssets, openAssets, removableAssets } from './queries/media.ts'
import { assetOfOriginal, folderOf, UPLOADS, usageOf } from './usages.ts'

const BATCH = 100

export type Swept = { readonly abandoned: number; readonly assets: number; readonly originals: number }

/**
 * Removes what nobody needs any more: uploads that were not completed, pictures that were replaced or taken down, and
 * originals that came after their time. Files first, then the row, so that a failure leaves something to find them by.
 * `db` is app_worker's. 503 `storage.unavailable` with the rest left for the next time.
 */
export async function sweepMedia(db: Database, storage: Storage, signal: AbortSignal): Promise<Swept> {
  const abandoned = await inBatches(BATCH, signal, (size) =>
    db.transaction(null, (tx) => closeAbandoned(tx, size)),
  )
  const assets = await inBatches(BATCH, signal, (size) => removeAssets(db, storage, size))
  return { abandoned, assets, originals: await removeOriginals(db, storage, signal) }
}

async function removeAssets(db: Database, storage: Storage, size: number): Promise<number> {
  const assets = await db.transaction(null, (tx) => removableAssets(tx, size), { readOnly: true })
  for (const asset of assets) await deleteBelow(storage, folderOf(usageOf(asset), asset.asset_id))
  const ids = assets.map(({ asset_id }) => asset_id)
  await db.transaction(null, (tx) => deleteAssets(tx, ids))
  return assets.length
}

async function deleteBelow(storage: Storage, folder: string): Promise<void> {
  for await (const key of storage.list(folder)) await storage.delete(key)
}

/** An address for uploads holds for an hour, whatever became of its asset meanwhile: what nobody waits for goes. */
async function removeOriginals(db: Database, storage: Storage, signal: AbortSignal): Promise<number> {
  let removed = 0
  let keys: string[] = []
  const removeUnwanted = async () => {
    const open = new Set(await db.transaction(null, (tx) => openAssets(tx, keys.map(assetOfOriginal))))
    const unwanted = keys.filter((key) => !open.has(assetOfOriginal(key)))
    for (const key of unwanted) await storage.delete(key)
    removed += unwanted.length
    keys = []
  }
  for await (const key of storage.list(UPLOADS)) {
    keys.push(key)
    if (signal.aborted) return removed
    if (keys.length === BATCH) await removeUnwanted()
  }
  if (keys.length > 0) await removeUnwanted()
  return removed
}
