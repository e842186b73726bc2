import { sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'

/** What became of the role `partner` of someone whose memberships changed: null when it stays as it is. */
export async function settleRole(db: Db, userId: string): Promise<'granted' | 'revoked' | null> {
  const { rows } = await sql<{ change: 'granted' | 'revoked' | null }>`
    SELECT settle_partner_role(${userId}::uuid) AS change`.execute(db)
  return rows[0]?.change ?? null
}
