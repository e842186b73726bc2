import type { Actor } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import { notFound } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { personRecord, RECORD_COLUMNS } from './queries/person-record.ts'
import { suspensionsOf, unlock } from './queries/suspensions.ts'
import { type ListedSession, listSessionsIn } from './session-list.ts'
import { endSessions } from './sessions.ts'
import { recordRead } from './staff-reads.ts'
import { personInCare, personSeen } from './standing.ts'

/** An account as staff see it: profile, roles, suspensions, lock, and which factors there are; never a secret. */
export function readPerson({ db }: Services, actor: Actor, userId: string) {
  return db.transaction(actor, async (tx) => {
    const [person, suspensions] = [await personRecord(tx, userId), await suspensionsOf(tx, userId)]
    if (!person) throw notFound('person', userId)
    await recordRead(tx, actor, [userId], RECORD_COLUMNS)
    return { ...person, suspensions }
  })
}

const SESSION_COLUMNS = [
  'sessions.ip_address',
  'sessions.user_agent',
  'sessions.country',
  'sessions.last_activity',
]

/** Where someone is signed in. */
export function readSessionsOf({ db }: Services, actor: Actor, userId: string): Promise<ListedSession[]> {
  return db.transaction(actor, async (tx) => {
    await personSeen(tx, userId)
    await recordRead(tx, actor, [userId], SESSION_COLUMNS)
    return listSessionsIn(tx, actor, userId)
  })
}

/** Signs someone out, of one device or of all; answers of how many. 404, 403. */
export async function endSessionsOf(
  services: Services,
  actor: Actor,
  userId: string,
  only?: string,
): Promise<number> {
  await services.db.transaction(actor, (tx) => personInCare(tx, actor, userId))
  const which = only === undefined ? {} : { only }
  const ended = await endSessions(services, actor, userId, which, 'identity.sessions_revoked_by_staff')
  if (only !== undefined && ended === 0) throw notFound('session', only)
  return ended
}

/** Lets someone try again whom wrong passwords have locked out. */
export function unlockPerson({ db }: Services, actor: Actor, userId: string): Promise<void> {
  return db.transaction(actor, async (tx) => {
    await personInCare(tx, actor, userId)
    await unlock(tx, userId)
    await audit(tx, {
      actor,
      action: 'identity.user_unlocked',
      entityType: 'user',
      entityId: userId,
      retentionClass: 'security',
    })
  })
}
