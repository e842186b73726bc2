import pg from 'pg'
import type { Actor } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import { decodeCursor, filterDigest, PAGE } from '../../platform/cursor.ts'
import { type Db, pageSize } from '../../platform/db/index.ts'
import { conflict, forbidden, notFound } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { may, refreshPeople, settlePartnerRole } from '../identity/index.ts'
import {
  deleteMember,
  holdMember,
  MEMBER_OF_PARTNER,
  memberPage,
  personExists,
  putMember,
  standingWith,
} from './queries/members.ts'

const FIRST = ['-infinity', '00000000-0000-0000-0000-000000000000'] as const

type ListRequest = { cursor?: string; limit?: number }

/** Who acts for a partner, as JSON text: for its members and staff. 404 `partner.not_found`, 403 `partner.members_only`. */
export async function readMembers(
  { db }: Services,
  actor: Actor,
  partnerId: string,
  { cursor, limit = PAGE }: ListRequest,
): Promise<string> {
  const filter = { partnerId }
  const after = cursor ? decodeCursor(cursor, { sort: 'joined_at', filter, length: 2 }) : FIRST
  await db.transaction(actor, (tx) => assertMember(tx, actor, partnerId), { readOnly: true })
  const values = [partnerId, ...after, filterDigest(filter), limit]
  return (await db.textAs(actor, memberPage(pageSize(limit)), values)) ?? ''
}

/**
 * Makes someone a member, or gives a member another role. The role `partner` comes with the first membership. Answers the
 * member as JSON text. 403 `partner.owners_only`; 404 `person.not_found`; 409 `partner.last_owner`.
 */
export async function appoint(
  services: Services,
  actor: Actor,
  { partnerId, userId, role }: { partnerId: string; userId: string; role: string },
): Promise<{ created: boolean; text: string }> {
  const { db } = services
  const created = await keepAnOwner(
    db.transaction(actor, async (tx) => {
      await assertOwner(tx, actor, partnerId)
      if (!(await personExists(tx, userId))) throw notFound('person', userId)
      const before = await holdMember(tx, partnerId, userId)
      if (before?.role === role) return false
      const { created } = await putMember(tx, partnerId, userId, role)
      await settlePartnerRole(tx, actor, userId)
      await record(tx, actor, created ? 'partners.member_added' : 'partners.member_role_changed', {
        partnerId,
        userId,
        changes: { role: { from: before?.role ?? null, to: role } },
      })
      return created
    }),
  )
  await refreshPeople(services, userId)
  return { created, text: (await db.textAs(actor, MEMBER_OF_PARTNER, [partnerId, userId])) ?? '' }
}

/**
 * Ends a membership: one's own, or as an owner or staff anybody's. With the last one goes the role `partner`.
 * 404 `member.not_found`; 409 `partner.last_owner`.
 */
export async function dismiss(
  services: Services,
  actor: Actor,
  { partnerId, userId }: { partnerId: string; userId: string },
): Promise<void> {
  await keepAnOwner(
    services.db.transaction(actor, async (tx) => {
      if (userId !== actor.userId) await assertOwner(tx, actor, partnerId)
      const left = await deleteMember(tx, partnerId, userId)
      if (!left) throw notFound('member', userId)
      await settlePartnerRole(tx, actor, userId)
      await record(tx, actor, 'partners.member_removed', {
        partnerId,
        userId,
        changes: { role: { from: left.role, to: null } },
      })
    }),
  )
  await refreshPeople(services, userId)
}

/** 404 `partner.not_found`, 403 `partner.members_only`. */
async function assertMember(tx: Db, actor: Actor, partnerId: string): Promise<{ role: string | null }> {
  const standing = await standingWith(tx, partnerId, actor.userId)
  if (!standing) throw notFound('partner', partnerId)
  if (standing.role === null && !may(actor, 'partner_members.change')) {
    throw forbidden('partner.members_only', 'This is for who acts for this partner.')
  }
  return standing
}

/** Besides, 403 `partner.owners_only`. */
export async function assertOwner(tx: Db, actor: Actor, partnerId: string): Promise<void> {
  const { role } = await assertMember(tx, actor, partnerId)
  if (role !== 'owner' && !may(actor, 'partner_members.change')) {
    throw forbidden('partner.owners_only', 'Owners decide who acts for this partner.')
  }
}

async function keepAnOwner<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.constraint !== 'an_owner_remains') throw error
    throw conflict('partner.last_owner', 'The last owner stays; make somebody else an owner first.')
  }
}

type Change = {
  readonly partnerId: string
  readonly userId: string
  readonly changes: Readonly<Record<string, unknown>>
}

function record(tx: Db, actor: Actor, action: string, { partnerId, userId, changes }: Change): Promise<void> {
  return audit(tx, {
    actor,
    action,
    entityType: 'partner',
    entityId: partnerId,
    retentionClass: 'security',
    changes,
    metadata: { user_id: userId },
  })
}
