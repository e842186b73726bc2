import pg from 'pg'
import type { Static } from 'typebox'
import type { Actor } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import type { Db } from '../../platform/db/index.ts'
import { conflict, notFound } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import {
  insertApplication,
  OWN_APPLICATION,
  obstacleOf,
  withdrawApplication,
} from './queries/coach-applications.ts'
import type { NewCoachApplication } from './schemas/coach-applications.ts'

/**
 * Asks to become a coach. 409 `coach_application.already_coach`, `coach_application.open`, and within thirty days of a
 * refusal `coach_application.too_soon`. Answers the application as JSON text.
 */
export async function applyAsCoach(
  services: Services,
  actor: Actor,
  application: Static<typeof NewCoachApplication>,
): Promise<string> {
  const { db } = services
  try {
    await db.transaction(actor, async (tx) => {
      await assertMayApply(tx, actor)
      const applicationId = await insertApplication(tx, rowOf(actor, application))
      await record(tx, actor, 'identity.coach_application_submitted', applicationId)
    })
  } catch (error) {
    // Handed in twice at once: the first one is there by now, and says so.
    if (!isOvertaken(error)) throw error
    await db.transaction(actor, (tx) => assertMayApply(tx, actor))
    throw error
  }
  return readOwnApplication(services, actor)
}

/** One's newest application as JSON text. 404 `coach_application.not_found`. */
export async function readOwnApplication({ db }: Services, actor: Actor): Promise<string> {
  const text = await db.textAs(actor, OWN_APPLICATION, [actor.userId])
  if (text === null) throw notFound('coach_application')
  return text
}

/** 404 `coach_application.not_found` when none is open. */
export function withdrawOwnApplication({ db }: Services, actor: Actor): Promise<void> {
  return db.transaction(actor, async (tx) => {
    const withdrawn = await withdrawApplication(tx, actor.userId)
    if (!withdrawn) throw notFound('coach_application')
    await record(tx, actor, 'identity.coach_application_withdrawn', withdrawn.application_id)
  })
}

async function assertMayApply(tx: Db, actor: Actor): Promise<void> {
  const { is_coach, status, stands_until } = await obstacleOf(tx, actor.userId)
  if (is_coach) throw conflict('coach_application.already_coach', 'You are a coach already.')
  if (status === 'submitted') {
    throw conflict('coach_application.open', 'Your application is being read; withdraw it to write another.')
  }
  if (stands_until !== null) {
    throw conflict('coach_application.too_soon', `You may apply again from ${stands_until} on.`)
  }
}

function rowOf(actor: Actor, application: Static<typeof NewCoachApplication>) {
  const { motivation, experience, specialties, languages, links = [], hourly_rate } = application
  return {
    user_id: actor.userId,
    motivation: motivation.trim(),
    experience: experience.trim(),
    specialties: JSON.stringify(specialties.map((one) => one.trim())),
    languages: JSON.stringify(languages),
    links: JSON.stringify(links),
    hourly_rate_minor: hourly_rate.amount_minor,
    currency: hourly_rate.currency,
  }
}

function isOvertaken(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.constraint === 'one_application_at_a_time'
}

function record(tx: Db, actor: Actor, action: string, applicationId: string): Promise<void> {
  return audit(tx, {
    actor,
    action,
    entityType: 'coach_application',
    entityId: applicationId,
    retentionClass: 'general',
  })
}
