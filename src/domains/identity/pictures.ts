import type { Actor } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import type { Db } from '../../platform/db/index.ts'
import { tellDirectory, tellFeeds } from './directory.ts'
import { updatePicture } from './queries/pictures.ts'

export type Picture = 'profile_photo' | 'cover_photo'

/**
 * Shows the picture under this storage key, or none, in the actor's profile. The row stays locked to the end of the
 * transaction. After the commit the caller calls `forgetMe`; pages that show the person are forgotten by jobs.
 */
export async function setProfilePicture(
  tx: Db,
  actor: Actor,
  picture: Picture,
  key: string | null,
): Promise<void> {
  const column = `${picture}_url` as const
  await updatePicture(tx, actor.userId, column, key)
  await audit(tx, {
    actor,
    action: 'identity.profile_changed',
    entityType: 'user',
    entityId: actor.userId,
    retentionClass: 'general',
    changes: [column],
  })
  await tellDirectory(tx, actor)
  if (picture === 'profile_photo') await tellFeeds(tx)
}
