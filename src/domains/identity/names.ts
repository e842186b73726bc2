import pg from 'pg'
import type { Static } from 'typebox'
import type { Actor } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import { conflict, notFound } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { tellDirectory } from './directory.ts'
import { forgetMe } from './me-cache.ts'
import { updateNames } from './queries/names.ts'
import type { AccountNames, NamesChange } from './schemas/names.ts'

/**
 * Changes what someone is called. The username that is given up stays theirs for 30 days, three of them at a time:
 * 409 `auth.username_taken`, `account.username_changed_too_often`.
 */
export async function changeNames(
  services: Services,
  actor: Actor,
  change: NamesChange,
): Promise<Static<typeof AccountNames>> {
  const { userId } = actor
  try {
    const names = await services.db.transaction(actor, async (tx) => {
      const changed = await updateNames(tx, userId, { ...change, full_name: change.full_name?.trim() })
      if (!changed) throw notFound('account')
      await audit(tx, {
        actor,
        action: 'identity.names_changed',
        entityType: 'user',
        entityId: userId,
        retentionClass: 'security',
        changes: Object.keys(change),
      })
      await tellDirectory(tx, actor)
      return changed
    })
    await forgetMe(services, userId)
    return names
  } catch (error) {
    if (takenName(error) === 'username') throw usernameTaken()
    if (!isBrokenBy(error, 'three_held_usernames')) throw error
    const detail = 'Three usernames were given up in the last 30 days; take one of them back, or wait.'
    throw conflict('account.username_changed_too_often', detail, '/username')
  }
}

/** Which of someone's names a unique key says is somebody else's; undefined for any other error. */
export function takenName(error: unknown): 'email' | 'username' | undefined {
  if (isBrokenBy(error, 'users_email_key')) return 'email'
  // A name that is held for who gave it up says the second, too.
  if (isBrokenBy(error, 'users_username_key', 'users_username_lower_key')) return 'username'
  return undefined
}

export function usernameTaken() {
  return conflict('auth.username_taken', 'This username belongs to an account already.', '/username')
}

function isBrokenBy(error: unknown, ...constraints: readonly string[]): boolean {
  return error instanceof pg.DatabaseError && constraints.includes(error.constraint ?? '')
}
