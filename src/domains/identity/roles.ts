import type { Actor } from '../../platform/actor.ts'
import type { Db } from '../../platform/db/index.ts'
import { conflict, notFound } from '../../platform/errors.ts'
import { cancelFacts, publishFact } from '../../platform/facts/index.ts'
import type { Services } from '../../platform/services.ts'
import { assertMayChange, grantRole, recordChange, refuseOverlap } from './grants.ts'
import { keepASuperAdmin } from './last-super-admin.ts'
import { roleChanged } from './mail/role-changed.ts'
import { endGrant, type GrantRow, grantOf, grantsOf, insertGrant } from './queries/roles.ts'
import { refreshPeople } from './refresh.ts'
import { assertEnd, assertPeriod } from './role-periods.ts'
import { recordRead } from './staff-reads.ts'
import { personSeen } from './standing.ts'
import { tell } from './standing-mail.ts'

const COLUMNS = ['user_roles.role_name', 'user_roles.grant_reason', 'user_roles.revoke_reason']

/** Everything that someone was ever granted, by whom and why, the newest first. */
export function readGrants({ db }: Services, actor: Actor, userId: string): Promise<GrantRow[]> {
  return db.transaction(actor, async (tx) => {
    await personSeen(tx, userId)
    await recordRead(tx, actor, [userId], COLUMNS)
    return grantsOf(tx, userId)
  })
}

type Request = { role: string; valid_from?: string; expires_at?: string; reason: string }

/** Grants a role from now on or from later, for good or until its end. */
export async function giveRole(
  services: Services,
  actor: Actor,
  userId: string,
  { role, valid_from: validFrom, expires_at: expiresAt, reason }: Request,
): Promise<GrantRow> {
  const now = services.clock.now().getTime()
  assertPeriod(now, validFrom, expiresAt)
  const grant = await services.db.transaction(actor, async (tx) => {
    const person = await personSeen(tx, userId)
    const id = await grantRole(tx, actor, { userId, role, reason, validFrom, expiresAt })
    const params = { role, change: 'granted', from: validFrom ?? null, until: expiresAt ?? null } as const
    await tell(services, tx, person, { template: roleChanged, params })
    const made = await grantSeen(tx, id)
    await publishFact(tx, {
      name: 'identity.role_granted',
      actor: null,
      params: { role },
      recipients: [userId],
    })
    await remindOfEnd(tx, made, now)
    return made
  })
  await refreshPeople(services, userId)
  return grant
}

/** Ends a grant at this moment, also one that has not begun. */
export async function endRole(
  services: Services,
  actor: Actor,
  userRoleId: string,
  reason: string,
): Promise<GrantRow> {
  const work = services.db.transaction(actor, async (tx) => {
    const { user_id, role } = await endedGrant(tx, actor, userRoleId, reason)
    await recordChange(tx, actor, 'identity.role_revoked', user_id, { user_role_id: userRoleId, role })
    const params = { role, change: 'revoked', from: null, until: null } as const
    await tell(services, tx, await personSeen(tx, user_id), { template: roleChanged, params })
    return grantSeen(tx, userRoleId)
  })
  const grant = await keepASuperAdmin(work)
  await refreshPeople(services, grant.user_id)
  return grant
}

/**
 * Moves the end of a grant: it is closed at this moment and opened anew with the other end, so that its history stands as it
 * was and its holder never lacks it. Answers the new grant.
 */
export async function moveRoleEnd(
  services: Services,
  actor: Actor,
  userRoleId: string,
  { expires_at, reason }: { expires_at: string | null; reason: string },
): Promise<GrantRow> {
  const now = services.clock.now().getTime()
  const work = services.db.transaction(actor, async (tx) => {
    const closed = await endedGrant(tx, actor, userRoleId, reason)
    assertEnd(now, Date.parse(closed.valid_from), expires_at)
    const { user_id, role, valid_from, expires_at: from } = closed
    const row = {
      user_id,
      role_name: role,
      granted_by: actor.userId,
      grant_reason: reason,
      valid_from,
      expires_at,
    }
    const opened = await insertGrant(tx, row).catch(refuseOverlap)
    const metadata = { user_role_id: userRoleId, role, opened, expires_at: { from, to: expires_at } }
    await recordChange(tx, actor, 'identity.role_end_moved', user_id, metadata)
    const moved = await grantSeen(tx, opened)
    await remindOfEnd(tx, moved, now)
    return moved
  })
  const grant = await keepASuperAdmin(work)
  await refreshPeople(services, grant.user_id)
  return grant
}

/** Ends it, and answers it as it was before. 404, 403, or 409 for what is over or not this route's to end. */
async function endedGrant(tx: Db, actor: Actor, userRoleId: string, reason: string): Promise<GrantRow> {
  const grant = await grantOf(tx, userRoleId)
  if (!grant) throw notFound('role', userRoleId)
  assertMayChange(actor, grant.user_id, grant.role)
  if (grant.role === 'partner') {
    throw conflict('role.comes_with_partner', 'It comes and goes with the membership of a partner.')
  }
  const ended = await endGrant(tx, userRoleId, { revoked_by: actor.userId, revoke_reason: reason })
  if (!ended) throw conflict('role.ended', 'This grant is over already; grant the role anew.')
  await cancelFacts(tx, endKey(userRoleId))
  return grant
}

const REMIND_MS = 3 * 86_400_000

/** Three days ahead, for as long as the grant stands. */
async function remindOfEnd(
  tx: Db,
  { user_role_id, user_id, role, expires_at }: GrantRow,
  now: number,
): Promise<void> {
  const dueAt = expires_at === null ? null : new Date(Date.parse(expires_at) - REMIND_MS)
  if (dueAt === null || dueAt.getTime() <= now) return
  await publishFact(tx, {
    name: 'identity.role_ends_soon',
    actor: null,
    params: { role, expires_at, useful_until: expires_at },
    recipients: [user_id],
    dueAt,
    causeKey: endKey(user_role_id),
  })
}

function endKey(userRoleId: string): string {
  return `identity.role:${userRoleId}:ends_soon`
}

async function grantSeen(tx: Db, userRoleId: string): Promise<GrantRow> {
  const grant = await grantOf(tx, userRoleId)
  if (!grant) throw notFound('role', userRoleId)
  return grant
}
