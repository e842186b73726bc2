import pg from 'pg'
import { type Actor, STAFF_ROLES } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import type { Db } from '../../platform/db/index.ts'
import { conflict, forbidden } from '../../platform/errors.ts'
import { tellDirectory } from './directory.ts'
import { may } from './permissions.ts'
import { insertGrant } from './queries/roles.ts'

export type NewGrant = {
  readonly userId: string
  readonly role: string
  readonly reason: string
  /** ISO 8601; from now on when it is absent or over. */
  readonly validFrom?: string | undefined
  /** Absent: it does not end by itself. */
  readonly expiresAt?: string | undefined
}

/**
 * Grants a role in the caller's transaction and answers the grant's id; staff only. After the commit the caller calls
 * `refreshPeople`. 409 `role.overlaps`, `role.member_stays`; 403 `role.own`, `role.needs_super_admin`.
 */
export async function grantRole(tx: Db, actor: Actor, grant: NewGrant): Promise<string> {
  const { userId, role, reason, validFrom = null, expiresAt = null } = grant
  assertMayChange(actor, userId, role)
  const row = {
    user_id: userId,
    role_name: role,
    granted_by: actor.userId,
    grant_reason: reason,
    valid_from: validFrom,
    expires_at: expiresAt,
  }
  const user_role_id = await insertGrant(tx, row).catch(refuseOverlap)
  await recordChange(tx, actor, 'identity.role_granted', userId, {
    user_role_id,
    role,
    valid_from: validFrom,
    expires_at: expiresAt,
  })
  return user_role_id
}

/** What row security holds too, told in words. */
export function assertMayChange(actor: Actor, userId: string, role: string): void {
  if (role === 'member') throw conflict('role.member_stays', 'Everybody is a member; suspend them instead.')
  if (userId === actor.userId) throw forbidden('role.own', 'Your own roles are for others to change.')
  if (STAFF_ROLES.includes(role) && !may(actor, 'roles.grant_staff')) {
    throw forbidden('role.needs_super_admin', 'Only a super admin makes and unmakes staff.')
  }
}

/** The trace of a change of somebody's roles, and who else must know of it. */
export async function recordChange(
  tx: Db,
  actor: Actor,
  action: string,
  userId: string,
  metadata: Readonly<Record<string, unknown>> & { readonly role: string },
): Promise<void> {
  await audit(tx, {
    actor,
    action,
    entityType: 'user',
    entityId: userId,
    retentionClass: 'security',
    metadata,
  })
  await tellDirectory(tx, { roles: [metadata.role] })
}

/** For who inserts a grant. */
export function refuseOverlap(error: unknown): never {
  if (!(error instanceof pg.DatabaseError) || error.constraint !== 'one_grant_at_a_time') throw error
  throw conflict(
    'role.overlaps',
    'They hold this role for a part of that time already; end or move that grant.',
  )
}
