import type { Database, Db } from '../../platform/db/index.ts'
import { isStorageKey, type Storage } from '../../platform/storage/index.ts'
import { assetsOfPerson, type PersonAsset } from './queries/person-files.ts'
import { USAGE_WORDS } from './schemas/media.ts'
import { deleteBelow } from './sweep.ts'
import { folderOf, originalKey, usageOf } from './usages.ts'

export type PersonFile = { readonly assetId: string; readonly key: string }

/** The largest rendition of each picture of somebody's, for them to take along. */
export async function filesOfPerson(tx: Db, userId: string): Promise<PersonFile[]> {
  const assets = await assetsOfPerson(tx, userId)
  return assets.flatMap(({ asset_id, storage_key, variants, processing_status }) => {
    if (processing_status !== 'ready') return []
    const largest = [...(variants ?? [])].sort((a, b) => b.width - a.width)[0]
    const key = largest?.key ?? storage_key
    return isStorageKey(key) ? [{ assetId: asset_id, key }] : []
  })
}

/**
 * Deletes every file that somebody ever sent, renditions and originals; their rows go after it. Safe to repeat. Answers
 * how many assets. 503 `storage.unavailable`.
 */
export async function deleteFilesOfPerson(db: Database, storage: Storage, userId: string): Promise<number> {
  const assets = await db.transaction(null, (tx) => assetsOfPerson(tx, userId), { readOnly: true })
  for (const asset of assets) await deleteFiles(storage, asset)
  return assets.length
}

async function deleteFiles(storage: Storage, asset: PersonAsset): Promise<void> {
  await storage.delete(originalKey(asset.asset_id))
  if (USAGE_WORDS.some((word) => word === asset.usage_type))
    await deleteBelow(storage, folderOf(usageOf(asset), asset.asset_id))
  for (const key of [asset.storage_key, asset.thumbnail_url]) {
    if (key !== null && isStorageKey(key)) await storage.delete(key)
  }
}
