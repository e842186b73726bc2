import type { Rendition } from '../../platform/images/index.ts'
import type { Services } from '../../platform/services.ts'
import { forgetMe, setProfilePicture } from '../identity/index.ts'
import type { Doer } from './doer.ts'
import { type Claim, finishClaim, holdClaim, retireAssets, type Variant } from './queries/media.ts'
import { folderOf, originalKey, USAGES, usageOf } from './usages.ts'

/** Pages and cards that show what was replaced are cached for less than this. */
const REPLACED_SECONDS = 86_400

/** Stores the renditions, then shows them in one transaction; the original goes. */
export async function publishAsset(
  services: Services,
  doer: Doer,
  claim: Claim,
  renditions: readonly Rendition[],
): Promise<void> {
  const usage = usageOf(claim)
  const { userId } = doer.actor
  const variants = await storeRenditions(services, claim, renditions)
  const shown = variants.find(({ key }) => key.endsWith(`/${USAGES[usage].shownWidth}.webp`))!
  const isShown = await doer.transaction(async (tx) => {
    if (!(await holdClaim(tx, claim))) return false
    if (usage !== 'portfolio') {
      await setProfilePicture(tx, doer.actor, usage, shown.key)
      await retireAssets(tx, userId, usage, REPLACED_SECONDS)
    }
    await finishClaim(tx, claim, {
      storage_key: shown.key,
      file_type: shown.type,
      file_size_bytes: shown.bytes,
      width_px: shown.width,
      height_px: shown.height,
      variants,
    })
    return true
  })
  // Whoever took the claim over writes the same files under the same names.
  if (!isShown) return
  await forgetMe(services, userId)
  await discardOriginal(services, claim)
}

/** Best effort: the sweep takes what stays. */
export async function discardOriginal({ storage, log }: Services, { asset_id }: Claim): Promise<void> {
  await storage
    .delete(originalKey(asset_id))
    .catch((err: unknown) => log.warn({ err, asset_id }, 'an original waits for the sweep'))
}

function storeRenditions(
  { storage }: Services,
  claim: Claim,
  renditions: readonly Rendition[],
): Promise<Variant[]> {
  const folder = folderOf(usageOf(claim), claim.asset_id)
  return Promise.all(
    renditions.map(async ({ name, type, width, height, bytes }) => {
      const key = `${folder}${name}.${type.slice('image/'.length)}`
      await storage.put(key, bytes, type)
      return { key, width, height, type, bytes: bytes.length }
    }),
  )
}
