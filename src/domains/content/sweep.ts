import type { Database } from '../../platform/db/index.ts'
import { inBatches } from '../../platform/jobs/index.ts'
import type { Storage } from '../../platform/storage/index.ts'
import { closeAbandoned, countSweepable, deleteAssets, openAssets, removableAssets } from './queries/media.ts'
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

/** What a sweep would do now. */
export async function sweepable(db: Database, storage: Storage): Promise<Swept> {
  const { abandoned, removable } = await db.transaction(null, countSweepable, { readOnly: true })
  let originals = 0
  for await (const _key of unwantedOriginals(db, storage)) originals++
  return { abandoned, assets: abandoned + removable, originals }
}

async function removeAssets(db: Database, storage: Storage, size: number): Promise<number> {
  const assets = await db.transaction(null, (tx) => removableAssets(tx, size), { readOnly: true })
  for (const asset of assets) await deleteBelow(storage, folderOf(usageOf(asset), asset.asset_id))
  const ids = assets.map(({ asset_id }) => asset_id)
  await db.transaction(null, (tx) => deleteAssets(tx, ids))
  return assets.length
}

export async function deleteBelow(storage: Storage, folder: string): Promise<void> {
  for await (const key of storage.list(folder)) await storage.delete(key)
}

/** An address for uploads holds for an hour, whatever became of its asset meanwhile: what nobody waits for goes. */
async function removeOriginals(db: Database, storage: Storage, signal: AbortSignal): Promise<number> {
  let removed = 0
  for await (const key of unwantedOriginals(db, storage)) {
    if (signal.aborted) break
    await storage.delete(key)
    removed++
  }
  return removed
}

async function* unwantedOriginals(db: Database, storage: Storage): AsyncIterable<string> {
  for await (const keys of inLots(storage.list(UPLOADS))) {
    const open = new Set(await db.transaction(null, (tx) => openAssets(tx, keys.map(assetOfOriginal))))
    yield* keys.filter((key) => !open.has(assetOfOriginal(key)))
  }
}

async function* inLots(keys: AsyncIterable<string>): AsyncIterable<string[]> {
  let lot: string[] = []
  for await (const key of keys) {
    if (lot.push(key) < BATCH) continue
    yield lot
    lot = []
  }
  if (lot.length > 0) yield lot
}
