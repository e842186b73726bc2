import type { Actor } from '../../platform/actor.ts'
import type { Services } from '../../platform/services.ts'
import { forgetMe, setProfilePicture } from '../identity/index.ts'
import { retireAssets } from './queries/media.ts'
import type { Usage } from './usages.ts'

/** Who takes a picture down wants it gone: longer than any page that shows it is cached, and no more. */
const REMOVED_SECONDS = 3600

/** Shows no picture any more; its files are swept within two hours. Without one there is nothing to do. */
export async function removePicture(services: Services, actor: Actor, usage: Usage): Promise<void> {
  await services.db.transaction(actor, async (tx) => {
    await setProfilePicture(tx, actor, usage, null)
    await retireAssets(tx, actor.userId, usage, REMOVED_SECONDS)
  })
  await forgetMe(services, actor.userId)
}
