import type { Actor } from '../../platform/actor.ts'
import { conflict, notFound } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { forgetMe, type Picture, setProfilePicture } from '../identity/index.ts'
import { endAsset, holdAsset, isShown, retireAssets } from './queries/media.ts'

/** Who takes a picture down wants it gone: longer than any page that shows it is cached, and no more. */
const REMOVED_SECONDS = 3600

/** Shows no picture any more; its files are swept within two hours. Without one there is nothing to do. */
export async function removePicture(services: Services, actor: Actor, usage: Picture): Promise<void> {
  await services.db.transaction(actor, async (tx) => {
    await setProfilePicture(tx, actor, usage, null)
    await retireAssets(tx, actor.userId, usage, REMOVED_SECONDS)
  })
  await forgetMe(services, actor.userId)
}

/**
 * Gives up an upload, or a picture of the portfolio; the next sweep takes its files. 404 `media.not_found`; 409
 * `media.in_use` while a profile shows it, or somebody works on it.
 */
export async function discardAsset({ db }: Services, actor: Actor, assetId: string): Promise<void> {
  const { userId } = actor
  await db.transaction(actor, async (tx) => {
    const status = await holdAsset(tx, userId, assetId)
    if (status === undefined) throw notFound('media')
    // Asked after the row is held: a profile that names it meanwhile has committed by then.
    if (status === 'processing' || (await isShown(tx, userId, assetId)))
      throw conflict('media.in_use', 'Your profile shows this picture, or it is being worked on.')
    await endAsset(tx, userId, assetId)
  })
}
