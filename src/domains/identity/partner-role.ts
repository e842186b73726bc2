import type { Actor } from '../../platform/actor.ts'
import type { Db } from '../../platform/db/index.ts'
import { recordChange } from './grants.ts'
import { settleRole } from './queries/partner-role.ts'

/**
 * In the transaction that changed someone's memberships of partners: the role `partner` comes with the first one and ends
 * with the last (R38). Whoever may change a membership may call it, since it decides nothing: the memberships do. After
 * the commit the caller calls `refreshPeople`.
 */
export async function settlePartnerRole(tx: Db, actor: Actor, userId: string): Promise<void> {
  const change = await settleRole(tx, userId)
  if (change !== null) await recordChange(tx, actor, `identity.role_${change}`, userId, { role: 'partner' })
}
