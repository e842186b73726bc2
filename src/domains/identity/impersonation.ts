import type { Actor } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import { conflict, forbidden, notFound } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import {
  type Device,
  endSessions,
  type OpenedSession,
  openImpersonation,
  type SessionKind,
} from './sessions.ts'
import { personInCare } from './standing.ts'

type Request = {
  readonly reason: string
  readonly minutes: number
  readonly device: Device
  readonly kind: SessionKind
}

/**
 * Opens a session in which the super admin acts as this person, for some minutes. The reason is kept in the audit log,
 * since the session's row goes.
 */
export function impersonate(
  { db }: Services,
  actor: Actor,
  userId: string,
  { reason, minutes, device, kind }: Request,
): Promise<OpenedSession> {
  return db.transaction(actor, async (tx) => {
    const person = await personInCare(tx, actor, userId)
    if (person.is_staff) throw forbidden('impersonation.of_staff', 'Nobody acts as staff.')
    if (person.status !== 'active') throw conflict('person.inactive', 'This account is not active.')
    const session = await openImpersonation(
      tx,
      { userId, impersonatorId: actor.userId, reason, minutes },
      device,
      kind,
    )
    await audit(tx, {
      actor,
      action: 'identity.impersonation_started',
      entityType: 'user',
      entityId: userId,
      retentionClass: 'security',
      metadata: { session_id: session.sessionId, minutes },
      reason,
      severity: 'warning',
    })
    return session
  })
}

/** 404 `impersonation.not_found` in a session of one's own. */
export async function endImpersonation(services: Services, actor: Actor): Promise<void> {
  if (actor.impersonatorId === null) throw notFound('impersonation')
  await endSessions(services, actor, actor.userId, { only: actor.sessionId }, 'identity.impersonation_ended')
}

/** What was read meanwhile: which route, and nothing of what it answered. */
export function readOnBehalf({ db }: Services, actor: Actor, route: string): Promise<void> {
  return db.transaction(actor, (tx) =>
    audit(tx, {
      actor,
      action: 'identity.impersonation_read',
      entityType: 'user',
      entityId: actor.userId,
      retentionClass: 'security',
      metadata: { route },
    }),
  )
}
