import type { Static } from 'typebox'
import type { Actor } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import { decodeCursor, filterDigest, PAGE } from '../../platform/cursor.ts'
import { type Db, pageSize } from '../../platform/db/index.ts'
import { badRequest, conflict, forbidden, notFound } from '../../platform/errors.ts'
import { publishFact } from '../../platform/facts/index.ts'
import { queueMessage } from '../../platform/messages/index.ts'
import { decimalFromMinor } from '../../platform/money.ts'
import type { Services } from '../../platform/services.ts'
import { grantRole } from './grants.ts'
import { coachApplicationDecided } from './mail/coach-application-decided.ts'
import { emailOf } from './queries/accounts.ts'
import {
  APPLICATION,
  applicantOf,
  applicationPage,
  decideApplication,
  insertNote,
  offerCoaching,
} from './queries/coach-applications.ts'
import { refreshPeople } from './refresh.ts'
import { assertEnd } from './role-periods.ts'
import type { CoachDecision } from './schemas/coach-applications.ts'
import { recordReadText } from './staff-reads.ts'

const OLDEST = ['-infinity', '00000000-0000-0000-0000-000000000000'] as const

const READ = ['coach_applications.motivation', 'coach_applications.experience', 'coach_applications.links']

type Application = { readonly applicant: { readonly user_id: string } | null }
type ListRequest = { status?: string; cursor?: string; limit?: number }

/** Applications as JSON text, for reviewers: who has waited longest first. */
export async function readApplications(
  { db }: Services,
  actor: Actor,
  { status, cursor, limit = PAGE }: ListRequest,
): Promise<string> {
  const filter = { status }
  const after = cursor ? decodeCursor(cursor, { sort: 'submitted_at', filter, length: 2 }) : OLDEST
  const values = [...after, filterDigest(filter), limit, ...(status === undefined ? [] : [status])]
  const text = (await db.textAs(actor, applicationPage(pageSize(limit), status), values)) ?? ''
  const person = ({ items }: { items: Application[] }) => items.map(({ applicant }) => applicant?.user_id)
  return recordReadText(db, actor, { text, person, columns: READ })
}

/** 404 `coach_application.not_found`. */
export async function readApplication(
  { db }: Services,
  actor: Actor,
  applicationId: string,
): Promise<string> {
  const text = await db.textAs(actor, APPLICATION, [applicationId])
  if (text === null) throw notFound('coach_application', applicationId)
  const person = ({ applicant }: Application) => [applicant?.user_id]
  return recordReadText(db, actor, { text, person, columns: READ })
}

type Decision = Static<typeof CoachDecision>

/**
 * Decides once, for good. An approval makes the applicant a coach in the same transaction, with what they asked for in
 * their profile, so that the directory shows them at once. 403 `coach_application.own`, 409 `coach_application.decided`.
 */
export async function decideOnApplication(
  services: Services,
  actor: Actor,
  applicationId: string,
  request: Decision,
): Promise<string> {
  const { decision, note, expires_at } = request
  assertEnd(services.clock.now().getTime(), 0, expires_at)
  if (expires_at !== undefined && decision !== 'approved') {
    throw badRequest(
      'coach_application.nothing_expires',
      'A refusal grants no role that ends.',
      '/expires_at',
    )
  }
  const userId = await services.db.transaction(actor, async (tx) => {
    const decided = await decideApplication(tx, { applicationId, reviewer: actor.userId, decision, note })
    if (!decided) throw await whyNot(tx, actor, applicationId)
    if (request.internal_note !== undefined) {
      await insertNote(tx, applicationId, request.internal_note, actor.userId)
    }
    if (decision === 'approved') await makeCoach(tx, actor, decided, { applicationId, expiresAt: expires_at })
    await queueMessage(tx, services, {
      template: coachApplicationDecided,
      userId: decided.user_id,
      recipient: await emailOf(tx, decided.user_id),
      params: { decision, note },
      dedupeKey: `coach_application_decided:${applicationId}`,
    })
    await publishFact(tx, {
      name: 'identity.coach_application_decided',
      actor: null,
      reference: { type: 'coach_application', id: applicationId },
      params: { decision },
      recipients: [decided.user_id],
    })
    await audit(tx, {
      actor,
      action: `identity.coach_application_${decision}`,
      entityType: 'coach_application',
      entityId: applicationId,
      retentionClass: 'security',
      metadata: { applicant_id: decided.user_id },
    })
    return decided.user_id
  })
  await refreshPeople(services, userId)
  return readApplication(services, actor, applicationId)
}

async function whyNot(tx: Db, actor: Actor, applicationId: string): Promise<Error> {
  const application = await applicantOf(tx, applicationId)
  if (!application) return notFound('coach_application', applicationId)
  if (application.user_id === actor.userId) {
    return forbidden('coach_application.own', 'Your own application is for others to decide.')
  }
  return conflict('coach_application.decided', 'This application is no longer open.')
}

type Decided = NonNullable<Awaited<ReturnType<typeof decideApplication>>>

async function makeCoach(
  tx: Db,
  actor: Actor,
  { user_id, specialties, languages, hourly_rate_minor, currency }: Decided,
  { applicationId, expiresAt }: { applicationId: string; expiresAt: string | undefined },
): Promise<void> {
  const reason = `application ${applicationId}`
  await grantRole(tx, actor, { userId: user_id, role: 'coach', reason, expiresAt })
  await offerCoaching(tx, user_id, {
    hourly_rate: decimalFromMinor(hourly_rate_minor, currency, 2),
    currency,
    coaching_specialties: JSON.stringify(specialties),
    coaching_languages: JSON.stringify(languages),
  })
}
