import pg from 'pg'
import type { Static } from 'typebox'
import { asSelf } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import { hashPassword } from '../../platform/crypto/passwords.ts'
import { conflict, tooMany } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { insertUser, newId } from './queries/accounts.ts'
import type { Registration } from './schemas/accounts.ts'
import { type Device, type OpenedSession, openSession } from './sessions.ts'

/** Generous, because a whole classroom may share one address. */
const PER_ADDRESS = { max: 1000, windowSeconds: 3600 }

/** Creates an account as a member and signs it in. 409 `auth.email_taken`, `auth.username_taken`; 503 without a cache. */
export async function register(
  { db, cache }: Services,
  request: Static<typeof Registration>,
  device: Device,
): Promise<OpenedSession> {
  const { allowed, resetSeconds } = await cache.limit(`ratelimit:register:${device.network}`, PER_ADDRESS)
  if (!allowed) throw tooMany('auth.too_many_attempts', resetSeconds)
  const password_hash = await hashPassword(request.password)
  const userId = await newId(db.anonymous)
  const actor = asSelf(userId)
  try {
    return await db.transaction(actor, async (tx) => {
      await insertUser(tx, {
        user_id: userId,
        email: request.email.toLowerCase(),
        username: request.username ?? null,
        full_name: request.full_name.trim(),
        password_hash,
      })
      await audit(tx, {
        actor,
        action: 'identity.user_registered',
        entityType: 'user',
        entityId: userId,
        retentionClass: 'security',
      })
      return openSession(tx, userId, device, request.session ?? 'cookie')
    })
  } catch (error) {
    throw takenName(error) ?? error
  }
}

function takenName(error: unknown) {
  switch (error instanceof pg.DatabaseError ? error.constraint : undefined) {
    case 'users_email_key':
      return conflict('auth.email_taken', 'This e-mail address belongs to an account already.', '/email')
    case 'users_username_key':
    case 'users_username_lower_key':
      return conflict('auth.username_taken', 'This username belongs to an account already.', '/username')
  }
}
