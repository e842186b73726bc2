import { sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'
import { type Card, cardOf } from './cards.ts'

export type RoleName = 'member' | 'coach' | 'partner' | 'admin' | 'super_admin'

/** A grant with all that its history says. */
export type GrantRow = {
  user_role_id: string
  user_id: string
  role: RoleName
  state: 'scheduled' | 'active' | 'expired' | 'revoked'
  valid_from: string
  expires_at: string | null
  granted_at: string | null
  granted_by: Card | null
  reason: string | null
  revoked_at: string | null
  revoked_by: Card | null
  revoke_reason: string | null
}

/** Every grant that someone ever had, the newest first. idx_user_roles_user; who did it comes by primary key. */
export async function grantsOf(db: Db, userId: string): Promise<GrantRow[]> {
  const { rows } = await sql<GrantRow>`
    ${GRANT} WHERE r.user_id = ${userId} ORDER BY r.granted_at DESC, r.user_role_id DESC`.execute(db)
  return rows
}

export async function grantOf(db: Db, userRoleId: string): Promise<GrantRow | undefined> {
  const { rows } = await sql<GrantRow>`${GRANT} WHERE r.user_role_id = ${userRoleId}`.execute(db)
  return rows[0]
}

const GRANT = sql`
  SELECT r.user_role_id, r.user_id, r.role_name AS role,
    CASE WHEN r.revoked_at IS NOT NULL THEN 'revoked' WHEN r.valid_from > now() THEN 'scheduled'
      WHEN r.expires_at <= now() THEN 'expired' ELSE 'active' END AS state,
    r.valid_from, r.expires_at, r.granted_at, ${cardOf('r.granted_by')} AS granted_by, r.grant_reason AS reason,
    r.revoked_at, ${cardOf('r.revoked_by')} AS revoked_by, r.revoke_reason
  FROM user_roles r`

export type NewGrant = {
  user_id: string
  role_name: string
  granted_by: string | null
  grant_reason: string
  /** Null: from now on. A time that is over counts as now. */
  valid_from: string | null
  expires_at: string | null
}

/** The exclusion constraint one_grant_at_a_time refuses what overlaps. */
export async function insertGrant(db: Db, { valid_from, ...grant }: NewGrant): Promise<string> {
  const { user_role_id } = await db
    .insertInto('user_roles')
    .values({ ...grant, valid_from: sql`greatest(now(), ${valid_from}::timestamptz)` })
    .returning('user_role_id')
    .executeTakeFirstOrThrow()
  return user_role_id
}

type Revocation = { revoked_by: string; revoke_reason: string }

/** Undefined when it was over already: of two who end it at once one does. */
export async function endGrant(
  db: Db,
  userRoleId: string,
  revocation: Revocation,
): Promise<{ user_role_id: string } | undefined> {
  return db
    .updateTable('user_roles')
    .set({ ...revocation, revoked_at: sql`now()` })
    .where('user_role_id', '=', userRoleId)
    .where('revoked_at', 'is', null)
    .where((where) =>
      where.or([where('expires_at', 'is', null), where('expires_at', '>', sql<string>`now()`)]),
    )
    .returning('user_role_id')
    .executeTakeFirst()
}
