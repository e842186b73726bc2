import type { Actor } from '../../platform/actor.ts'
import type { Services } from '../../platform/services.ts'
import type { Doer } from './doer.ts'
import { processUpload } from './processing.ts'
import type { Asset } from './queries/media.ts'
import { failure } from './refusals.ts'
import { readAsset } from './uploads.ts'

/**
 * Makes of an uploaded file what it is for, and answers when it is done: about a second. May be repeated: what is ready
 * is answered again, what another request is working on is answered as `processing`. 404 `media.not_found`; 409
 * `media.not_uploaded`; 410 `media.expired`; 422 for a file that is not taken; 503 `storage.unavailable`, `images.busy`
 * and `images.interrupted` leave the upload as it was.
 */
export async function completeUpload(services: Services, actor: Actor, assetId: string): Promise<Asset> {
  const asset = await readAsset(services, actor, assetId)
  if (asset.processing_status === 'ready') return asset
  if (asset.processing_status === 'failed') throw failure(asset.failure_code)
  if (asset.is_expired) throw failure('media.expired')
  const asActor: Doer = { actor, transaction: (work) => services.db.transaction(actor, work) }
  await processUpload(services, asActor, asset)
  const done = await readAsset(services, actor, assetId)
  if (done.processing_status === 'failed') throw failure(done.failure_code)
  return done
}
