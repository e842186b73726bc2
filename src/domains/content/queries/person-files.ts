import type { Db } from '../../../platform/db/index.ts'

export type PersonAsset = {
  readonly asset_id: string
  readonly usage_type: string | null
  readonly storage_key: string
  readonly thumbnail_url: string | null
  readonly processing_status: string | null
  readonly variants: readonly { readonly key: string; readonly width: number }[] | null
}

/** Everything that somebody ever uploaded and is still there. Walks idx_media_uploaded_by. */
export async function assetsOfPerson(db: Db, userId: string): Promise<PersonAsset[]> {
  const rows = await db
    .selectFrom('media_assets')
    .select(['asset_id', 'usage_type', 'storage_key', 'thumbnail_url', 'processing_status', 'variants'])
    .where('uploaded_by', '=', userId)
    .orderBy('asset_id')
    .execute()
  return rows as PersonAsset[]
}
