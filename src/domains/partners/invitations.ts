import type { Actor } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import type { Db } from '../../platform/db/index.ts'
import { notFound } from '../../platform/errors.ts'
import { publishFact } from '../../platform/facts/index.ts'
import { queueMessage } from '../../platform/messages/index.ts'
import type { Services } from '../../platform/services.ts'
import { refreshPeople, settlePartnerRole, tokenHash } from '../identity/index.ts'
import { partnerInvitation } from './mail/partner-invitation.ts'
import { assertOwner } from './members.ts'
import {
  acceptInvitation,
  deleteInvitation,
  INVITATION_OF_PARTNER,
  OPEN_INVITATIONS,
  type PartnerRole,
  upsertInvitation,
} from './queries/invitations.ts'

/**
 * Asks somebody by mail to act for a partner, whether they have an account or not; who asks does not learn that. Answers the
 * invitation as JSON text.
 */
export async function invite(
  services: Services,
  actor: Actor,
  partnerId: string,
  request: { email: string; role: string },
): Promise<string> {
  const { db } = services
  const email = request.email.toLowerCase()
  const invitationId = await db.transaction(actor, async (tx) => {
    await assertOwner(tx, actor, partnerId)
    const row = { partner_id: partnerId, email, role: request.role, invited_by: actor.userId }
    const id = await upsertInvitation(tx, row)
    await queueMessage(tx, services, {
      template: partnerInvitation,
      userId: null,
      recipient: email,
      params: { invitation_id: id, role: request.role },
    })
    await publishFact(tx, {
      name: 'partners.invitation_sent',
      actor: actor.userId,
      reference: { type: 'partner', id: partnerId },
      params: { invitation_id: id },
      once: `partners.invitation_sent ${id}`,
    })
    await record(tx, actor, 'partners.invitation_sent', { partnerId, invitationId: id, role: request.role })
    return id
  })
  return (await db.textAs(actor, INVITATION_OF_PARTNER, [invitationId])) ?? ''
}

/** Those that can still be accepted, as JSON text, for owners and staff. */
export async function readInvitations({ db }: Services, actor: Actor, partnerId: string): Promise<string> {
  await db.transaction(actor, (tx) => assertOwner(tx, actor, partnerId), { readOnly: true })
  return (await db.textAs(actor, OPEN_INVITATIONS, [partnerId])) ?? ''
}

/** 404 `invitation.not_found`. */
export function withdraw(
  { db }: Services,
  actor: Actor,
  { partnerId, invitationId }: { partnerId: string; invitationId: string },
): Promise<void> {
  return db.transaction(actor, async (tx) => {
    await assertOwner(tx, actor, partnerId)
    if (!(await deleteInvitation(tx, partnerId, invitationId))) throw notFound('invitation', invitationId)
    await record(tx, actor, 'partners.invitation_withdrawn', { partnerId, invitationId })
  })
}

/** Joins by a mailed token: of two uses of it one succeeds. 404 `invitation.not_found`. */
export async function accept(
  services: Services,
  actor: Actor,
  token: string,
): Promise<{ partner_id: string; role: PartnerRole }> {
  const accepted = await services.db.transaction(actor, async (tx) => {
    const joined = await acceptInvitation(tx, tokenHash(token))
    if (!joined) throw notFound('invitation')
    await settlePartnerRole(tx, actor, actor.userId)
    if (joined.joined) {
      await publishFact(tx, {
        name: 'partners.invitation_accepted',
        actor: actor.userId,
        reference: { type: 'partner', id: joined.partner_id },
        params: { invitation_id: joined.invitation_id },
      })
    }
    await record(tx, actor, 'partners.invitation_accepted', {
      partnerId: joined.partner_id,
      invitationId: joined.invitation_id,
      role: joined.role,
      joined: joined.joined,
    })
    return joined
  })
  await refreshPeople(services, actor.userId)
  return { partner_id: accepted.partner_id, role: accepted.role }
}

type Facts = {
  readonly partnerId: string
  readonly invitationId: string
  readonly role?: string
  readonly joined?: boolean
}

/** The address is a person's and stays out. */
function record(
  tx: Db,
  actor: Actor,
  action: string,
  { partnerId, invitationId, ...rest }: Facts,
): Promise<void> {
  return audit(tx, {
    actor,
    action,
    entityType: 'partner',
    entityId: partnerId,
    retentionClass: 'security',
    metadata: { invitation_id: invitationId, ...rest },
  })
}
