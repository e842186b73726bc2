import type { Actor } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import { decodeCursor, filterDigest, LAST_ID, PAGE } from '../../platform/cursor.ts'
import { type Db, pageSize } from '../../platform/db/index.ts'
import { conflict, forbidden, notFound } from '../../platform/errors.ts'
import { publishFact } from '../../platform/facts/index.ts'
import type { Services } from '../../platform/services.ts'
import { ENROLLMENT, enrollmentPage, enrollmentStanding, upsertEnrollment } from './queries/enrollments.ts'

const NEWEST = ['infinity', LAST_ID] as const

type EnrollmentsRequest = { status?: string; cursor?: string; limit?: number }

/** One's own enrolments with their programs, newest first. */
export async function readEnrollments(
  { db }: Services,
  actor: Actor,
  request: EnrollmentsRequest,
): Promise<string> {
  const { status, cursor, limit = PAGE } = request
  const filter = { status }
  const key = cursor ? decodeCursor(cursor, { sort: 'enrollment_date', filter, length: 2 }) : NEWEST
  const values = [
    actor.userId,
    limit,
    ...key,
    filterDigest(filter),
    ...(status === undefined ? [] : [status]),
  ]
  return (await db.textAs(actor, enrollmentPage(pageSize(limit), status), values)) ?? ''
}

/**
 * Enrols in a free program; who is enrolled already stays so. READ COMMITTED: the unique key decides a race, and counters
 * follow by delta (R15). Returns the enrolment as JSON text. 404 `program.not_found`, 409 `enrollment.payment_required`,
 * 403 `enrollment.suspended`.
 */
export async function enroll(
  { db }: Services,
  actor: Actor,
  programId: string,
): Promise<{ created: boolean; text: string }> {
  const created = await db.transaction(actor, async (tx) => {
    const standing = await enrollmentStanding(tx, actor.userId, programId)
    if (!standing) throw notFound('program', programId)
    if (standing.status === 'suspended') {
      throw forbidden('enrollment.suspended', 'This enrolment is suspended; write to support.')
    }
    if (standing.status === 'active' || standing.status === 'completed') return false
    if (standing.pricing_type !== 'free') {
      throw conflict(
        'enrollment.payment_required',
        'This program is not free: the purchase enrols, not this route.',
      )
    }
    return addEnrollment(tx, actor, programId)
  })
  return { created, text: (await db.textAs(actor, ENROLLMENT, [actor.userId, programId])) ?? '' }
}

async function addEnrollment(tx: Db, actor: Actor, programId: string): Promise<boolean> {
  const enrollment = await upsertEnrollment(tx, actor.userId, programId)
  if (!enrollment) return false
  await audit(tx, {
    actor,
    action: enrollment.created ? 'learning.enrollment_created' : 'learning.enrollment_resumed',
    entityType: 'enrollment',
    entityId: enrollment.enrollment_id,
    retentionClass: 'general',
    metadata: { program_id: programId },
  })
  if (enrollment.created) {
    const reference = { type: 'program', id: programId }
    await publishFact(tx, { name: 'learning.enrollment_created', actor: actor.userId, reference })
  }
  return enrollment.created
}
