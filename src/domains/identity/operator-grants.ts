import { audit } from '../../platform/audit/index.ts'
import type { Db } from '../../platform/db/index.ts'
import { refuseOverlap } from './grants.ts'
import { grantsOf, insertGrant } from './queries/roles.ts'
import { type Standing, standingByEmail } from './queries/standing.ts'

/** What an operator may grant; the other two come by themselves. */
export const OPERATOR_ROLES: readonly string[] = ['coach', 'admin', 'super_admin']

/** For the command line, as the database's owner: whom an address belongs to, and what of this role they hold or are to hold. */
export async function operatorsView(
  db: Db,
  email: string,
  role: string,
): Promise<{ person: Standing; holds: boolean } | undefined> {
  const person = await standingByEmail(db, email.toLowerCase())
  if (!person) return undefined
  const grants = await grantsOf(db, person.user_id)
  return { person, holds: grants.some((one) => one.role === role && /active|scheduled/.test(one.state)) }
}

/** Grants a role that does not end, in the operator's name: how the first super admin comes to be. */
export async function grantAsOperator(
  tx: Db,
  { userId, role, reason }: { userId: string; role: string; reason: string },
): Promise<void> {
  const grant = { user_id: userId, role_name: role, granted_by: null, grant_reason: reason }
  const user_role_id = await insertGrant(tx, { ...grant, valid_from: null, expires_at: null }).catch(
    refuseOverlap,
  )
  await audit(tx, {
    actor: null,
    action: 'identity.role_granted',
    entityType: 'user',
    entityId: userId,
    retentionClass: 'security',
    metadata: { user_role_id, role, by: 'operator' },
    severity: 'warning',
  })
}
