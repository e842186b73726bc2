import { sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'

/** What partners are called that everybody may see, by id. */
export async function namedPartners(
  db: Db,
  ids: readonly string[],
): Promise<ReadonlyMap<string, { title: string; slug: string }>> {
  const { rows } = await sql<{ partner_id: string; title: string; slug: string }>`
    SELECT partner_id, organization_name AS title, slug FROM partners
    WHERE partner_id = ANY (${ids}::uuid[]) AND status = 'active' AND deleted_at IS NULL`.execute(db)
  return new Map(rows.map(({ partner_id, ...partner }) => [partner_id, partner]))
}

type Invited = { readonly invitation_id: string; readonly user_id: string }

/** Whose proven addresses these open invitations went to. As app_worker: who asks does not learn it. */
export async function holdersInvited(db: Db, ids: readonly string[]): Promise<Invited[]> {
  const { rows } = await sql<Invited>`
    SELECT i.invitation_id, u.user_id FROM partner_invitations i JOIN users u ON u.email = i.email AND u.email_verified
    WHERE i.invitation_id = ANY (${ids}::uuid[]) AND i.accepted_at IS NULL`.execute(db)
  return rows
}

/** Who sent these invitations. */
export async function inviters(db: Db, ids: readonly string[]): Promise<Invited[]> {
  const { rows } = await sql<Invited>`
    SELECT invitation_id, invited_by AS user_id FROM partner_invitations
    WHERE invitation_id = ANY (${ids}::uuid[]) AND invited_by IS NOT NULL`.execute(db)
  return rows
}
