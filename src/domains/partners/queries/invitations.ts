import { sql } from 'kysely'
import type { Db, Statement } from '../../../platform/db/index.ts'

export type NewInvitation = {
  readonly partner_id: string
  readonly email: string
  readonly role: string
  readonly invited_by: string
}

/** Invites an address, or invites it anew: with the role of now, for seven days from now. */
export async function upsertInvitation(db: Db, invitation: NewInvitation): Promise<string> {
  const { role, invited_by } = invitation
  const { invitation_id } = await db
    .insertInto('partner_invitations')
    .values(invitation)
    .onConflict((conflict) =>
      conflict
        .columns(['partner_id', 'email'])
        .where('accepted_at', 'is', null)
        .doUpdateSet({ role, invited_by, expires_at: sql`now() + interval '7 days'` }),
    )
    .returning('invitation_id')
    .executeTakeFirstOrThrow()
  return invitation_id
}

/** Undefined: there is no open one. */
export function deleteInvitation(db: Db, partnerId: string, invitationId: string) {
  return db
    .deleteFrom('partner_invitations')
    .where('invitation_id', '=', invitationId)
    .where('partner_id', '=', partnerId)
    .where('accepted_at', 'is', null)
    .returning('invitation_id')
    .executeTakeFirst()
}

/** What the mail says of an invitation, and for how many seconds it is still good. Undefined: nobody waits for it any more. */
export async function openInvitation(db: Db, invitationId: string) {
  return db
    .selectFrom('partner_invitations as i')
    .innerJoin('partners as p', 'p.partner_id', 'i.partner_id')
    .select(['p.organization_name', sql<number>`extract(epoch FROM i.expires_at - now())::int`.as('seconds')])
    .where('i.invitation_id', '=', invitationId)
    .where('i.accepted_at', 'is', null)
    .where('i.expires_at', '>', sql<string>`now()`)
    .where('p.deleted_at', 'is', null)
    .executeTakeFirst()
}

export type PartnerRole = 'owner' | 'manager' | 'member'

export type Acceptance = {
  readonly invitation_id: string
  readonly partner_id: string
  readonly role: PartnerRole
  /** False for who was a member before. */
  readonly joined: boolean
}

/** Makes the actor a member by the token's hash: of two uses one gets a row. */
export async function acceptInvitation(db: Db, tokenHash: Buffer): Promise<Acceptance | undefined> {
  const { rows } =
    await sql<Acceptance>`SELECT * FROM accept_partner_invitation(${tokenHash}::bytea)`.execute(db)
  return rows[0]
}

/** Up to `most` that nobody took, and that nobody can take any more. */
export async function deleteExpiredInvitations(db: Db, most: number): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    DELETE FROM partner_invitations WHERE invitation_id IN (
      SELECT invitation_id FROM partner_invitations
      WHERE accepted_at IS NULL AND expires_at < now() - interval '30 days'
      ORDER BY expires_at LIMIT ${most})`.execute(db)
  return Number(numAffectedRows)
}

const INVITATION = `
  i.invitation_id, i.email, i.role, i.created_at, i.expires_at,
  (SELECT p.card FROM people p WHERE p.user_id = i.invited_by) AS invited_by`

/** An invitation as JSON text. $1: invitation_id. */
export const INVITATION_OF_PARTNER: Statement = {
  name: 'invitation_of_partner',
  text: `
    SELECT row_to_json(item)::text
    FROM (SELECT ${INVITATION} FROM partner_invitations i WHERE i.invitation_id = $1) item`,
}

/** Those of a partner that can still be accepted, as JSON text, the newest first. $1: partner_id. */
export const OPEN_INVITATIONS: Statement = {
  name: 'open_invitations_of_partner',
  text: `
    SELECT json_build_object('items', coalesce(json_agg(item), '[]'::json))::text
    FROM (
      SELECT ${INVITATION} FROM partner_invitations i
      WHERE i.partner_id = $1 AND i.accepted_at IS NULL AND i.expires_at > now()
      ORDER BY i.created_at DESC, i.invitation_id DESC LIMIT 500
    ) item`,
}
