import type { Actor } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import type { Db } from '../../platform/db/index.ts'
import { badRequest, conflict } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { tellDirectory, tellFeeds } from './directory.ts'
import { keepASuperAdmin } from './last-super-admin.ts'
import { accountRestored } from './mail/account-restored.ts'
import { accountSuspended } from './mail/account-suspended.ts'
import { forgetMe } from './me-cache.ts'
import { deleteSessions } from './queries/sessions.ts'
import type { Standing } from './queries/standing.ts'
import {
  endPastSuspension,
  insertSuspension,
  liftSuspension,
  type SuspensionRow,
  setStatus,
  suspensionsOf,
} from './queries/suspensions.ts'
import { forgetSessions } from './sessions.ts'
import { personInCare } from './standing.ts'
import { tell } from './standing-mail.ts'

/** Keeps someone out, at once on every device, until somebody restores them or until the given moment. */
export async function suspend(
  services: Services,
  actor: Actor,
  userId: string,
  { reason, until }: { reason: string; until?: string },
): Promise<SuspensionRow> {
  assertFuture(until, services.clock.now())
  const work = services.db.transaction(actor, async (tx) => {
    const person = await personNow(tx, actor, userId)
    const { status } = person
    if (status === 'suspended') throw conflict('person.suspended', 'This account is suspended already.')
    const ends_at = until ?? null
    await insertSuspension(tx, {
      user_id: userId,
      status_before: status,
      reason,
      suspended_by: actor.userId,
      ends_at,
    })
    await setStatus(tx, userId, 'suspended')
    const ended = await deleteSessions(tx, userId)
    await recordStatus(tx, actor, 'identity.user_suspended', person, { from: status, to: 'suspended' })
    await tell(services, tx, person, { template: accountSuspended, params: { reason, until: ends_at } })
    return { ended, suspension: await latest(tx, userId) }
  })
  const { ended, suspension } = await keepASuperAdmin(work)
  await Promise.all([forgetSessions(services, ...ended), forgetMe(services, userId)])
  return suspension
}

/** Lets someone in again, as what they were before. */
export async function restore(
  services: Services,
  actor: Actor,
  userId: string,
  reason: string,
): Promise<void> {
  await services.db.transaction(actor, async (tx) => {
    const person = await personNow(tx, actor, userId)
    const { status } = person
    if (status !== 'suspended') throw conflict('person.not_suspended', 'This account is not suspended.')
    const lifted = await liftSuspension(tx, userId, { lifted_by: actor.userId, lift_reason: reason })
    const before = lifted ?? 'active'
    await setStatus(tx, userId, before)
    await recordStatus(tx, actor, 'identity.user_restored', person, { from: status, to: before })
    await tell(services, tx, person, { template: accountRestored, params: {} })
  })
  await forgetMe(services, userId)
}

/** A suspension whose end is past is over, also where the job has not come by. */
async function personNow(tx: Db, actor: Actor, userId: string): Promise<Standing> {
  await endPastSuspension(tx, userId)
  return personInCare(tx, actor, userId)
}

/** The trace, and who else must know: who is kept out stands in cached feeds, and a coach in the directory's pages. */
async function recordStatus(
  tx: Db,
  actor: Actor,
  action: string,
  { user_id: entityId, is_coach }: Standing,
  status: { from: string; to: string },
): Promise<void> {
  const about = { entityType: 'user', entityId, retentionClass: 'security' } as const
  await audit(tx, { actor, action, ...about, changes: { status } })
  await tellDirectory(tx, { roles: is_coach ? ['coach'] : [] })
  await tellFeeds(tx)
}

async function latest(tx: Db, userId: string): Promise<SuspensionRow> {
  const [suspension] = await suspensionsOf(tx, userId)
  if (!suspension) throw new Error('A suspension that was just written cannot be read')
  return suspension
}

function assertFuture(until: string | undefined, now: Date): void {
  if (until === undefined || Date.parse(until) > now.getTime()) return
  throw badRequest('suspension.invalid_end', 'A suspension ends later than now.', '/until')
}
