import pg from 'pg'
import type { Static } from 'typebox'
import { audit } from '../../platform/audit/index.ts'
import { hashPassword } from '../../platform/crypto/passwords.ts'
import { conflict, tooMany } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { insertUser, newId } from './queries.ts'
import type { Registration } from './schemas.ts'
import { type Device, type OpenedSession, openSession } from './sessions.ts'

/** Generous, because a whole classroom may share one address. */
const PER_ADDRESS = { max: 1000, windowSeconds: 3600 }

/** Creates an account as a member and signs it in. 409 `auth.email_taken`, `auth.username_taken`; 503 without a cache. */
export async function register(
  { db, cache }: Services,
  request: Static<typeof Registration>,
  device: Device,
): Promise<OpenedSession & { userId: string }> {
  const { allowed, resetSeconds } = await cache.limit(`ratelimit:register:${device.network}`, PER_ADDRESS)
  if (!allowed) throw tooMany('auth.too_many_attempts', resetSeconds)
  const password_hash = await hashPassword(request.password)
  const userId = await newId(db.anonymous)
  const actor = { userId, roles: [], sessionId: '' }
  try {
    const session = await db.transaction(actor, async (tx) => {
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
      return openSession(tx, userId, device)
    })
    return { ...session, userId }
  } catch (error) {
    throw takenName(error) ?? error
  }
}

const TAKEN: Readonly<Record<string, 'email' | 'username'>> = {
  users_email_key: 'email',
  users_username_key: 'username',
  users_username_lower_key: 'username',
}

function takenName(error: unknown) {
  const field = error instanceof pg.DatabaseError && error.constraint ? TAKEN[error.constraint] : undefined
  if (!field) return undefined
  const code = `auth.${field}_taken`
  const detail = `This ${field === 'email' ? 'e-mail address' : 'username'} belongs to an account already.`
  return conflict(code, detail, [{ pointer: `/${field}`, code, detail }])
}
