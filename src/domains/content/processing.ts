import { PassThrough, type Readable } from 'node:stream'
import { AppError, conflict, unavailable } from '../../platform/errors.ts'
import type { Refusal } from '../../platform/images/index.ts'
import { enqueue } from '../../platform/jobs/index.ts'
import type { Services } from '../../platform/services.ts'
import type { Storage } from '../../platform/storage/index.ts'
import type { Doer } from './doer.ts'
import { discardOriginal, publishAsset } from './publishing.ts'
import { type Asset, type Claim, claimAsset, failClaim, reopenClaim } from './queries/media.ts'
import { originalKey, USAGES, usageOf } from './usages.ts'

export const RESUME_PROCESSING = 'content.resume_processing.v1'

/** Reading, rendering and storing have ended by then, well or not. */
const CLAIM_SECONDS = 120
/** A file that its process fell over that often is the reason. */
const MOST_ATTEMPTS = 3

/**
 * Takes an upload from `uploaded` to `ready` or `failed`, unless another does. Should this process end half-way, its
 * claim ends too, and a job that was added with the claim takes the upload up again.
 */
export async function processUpload(
  services: Services,
  doer: Doer,
  asset: Pick<Asset, 'asset_id' | 'usage_type'>,
): Promise<void> {
  const { recipe, maxBytes } = USAGES[usageOf(asset)]
  let claim = null as Claim | null
  const open = async () => {
    claim = await takeUpload(services, doer, asset.asset_id)
    return readOriginal(services.storage, asset.asset_id)
  }
  try {
    const outcome = await services.images.render({ recipe, maxBytes, open })
    if (!claim) return
    if ('refused' in outcome) await refuseUpload(services, doer, claim, outcome.refused)
    else await publishAsset(services, doer, claim, outcome.renditions)
  } catch (error) {
    if (error instanceof NotOurs) return
    if (claim) await giveBack(services, doer, claim, error)
    throw error
  }
}

/** Somebody else works on it, or it is finished: no fault. */
class NotOurs extends Error {}

async function takeUpload({ clock }: Services, doer: Doer, assetId: string): Promise<Claim> {
  const { userId } = doer.actor
  const claim = await doer.transaction(async (tx) => {
    const taken = await claimAsset(tx, userId, assetId, CLAIM_SECONDS)
    if (!taken) return undefined
    if (taken.processing_attempts > MOST_ATTEMPTS) {
      await failClaim(tx, taken, 'media.damaged')
      return undefined
    }
    const runAt = new Date(clock.now().getTime() + (CLAIM_SECONDS + 5) * 1000).toISOString()
    const key = `${RESUME_PROCESSING} ${assetId}`
    await enqueue(
      tx,
      RESUME_PROCESSING,
      { asset_id: assetId, user_id: userId },
      { key, runAt, maxAttempts: 10 },
    )
    return taken
  })
  if (!claim) throw new NotOurs()
  return claim
}

async function readOriginal(storage: Storage, assetId: string): Promise<Readable> {
  const file = await storage.get(originalKey(assetId))
  if (!file)
    throw conflict('media.not_uploaded', 'The file has not arrived; send it to where the upload says.')
  return whole(file.body)
}

/** A file that breaks off on its way is the storage's fault. */
function whole(body: Readable): Readable {
  const through = new PassThrough()
  body.on('error', (cause) => {
    const error = unavailable('storage.unavailable', 'The file storage is out of reach.')
    through.destroy(Object.assign(error, { cause }))
  })
  through.on('close', () => body.destroy())
  return body.pipe(through)
}

async function refuseUpload(services: Services, doer: Doer, claim: Claim, refusal: Refusal): Promise<void> {
  await doer.transaction((tx) => failClaim(tx, claim, `media.${refusal}`))
  await discardOriginal(services, claim)
}

/** Who tries again finds the upload as it was. Only an attempt that its process did not survive may be the file's doing. */
async function giveBack({ log }: Services, doer: Doer, claim: Claim, error: unknown): Promise<void> {
  const code = error instanceof AppError ? error.code : ''
  const outcome = { isCounted: code === 'images.interrupted', isExtended: code !== 'media.not_uploaded' }
  await doer
    .transaction((tx) => reopenClaim(tx, claim, outcome))
    // The claim ends by itself; the error that is thrown is the one that matters.
    .catch((err: unknown) => log.warn({ err, asset_id: claim.asset_id }, 'an upload could not be given back'))
}
