import pg from 'pg'
import type { Actor } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import type { Db } from '../../platform/db/index.ts'
import { AppError, badRequest, forbidden, notFound } from '../../platform/errors.ts'
import { decimalFromMinor } from '../../platform/money.ts'
import type { Services } from '../../platform/services.ts'
import { tellDirectory } from './directory.ts'
import { forgetMe } from './me-cache.ts'
import { holdsRole, type OwnProfile, ownProfile, patchProfile } from './queries/profiles.ts'
import type { ProfileChange } from './schemas/profiles.ts'

const COACHES_FIELDS = ['hourly_rate', 'availability_status', 'coaching_specialties', 'coaching_languages']

export async function readProfile({ db }: Services, actor: Actor): Promise<OwnProfile> {
  const profile = await db.transaction(actor, (tx) => ownProfile(tx, actor.userId), { readOnly: true })
  if (!profile) throw notFound('profile')
  return profile
}

/**
 * Changes the named fields. `expected`: the tags of which one must be the profile's, so that a form that was opened
 * before another change overwrites nothing unseen: 412 `profile.changed`. 403 `profile.coach_only`; 400
 * `profile.picture_unknown`.
 */
export async function changeProfile(
  services: Services,
  actor: Actor,
  change: ProfileChange,
  expected: readonly string[] | null,
): Promise<OwnProfile> {
  const { userId } = actor
  const work = async (tx: Db) => {
    if (COACHES_FIELDS.some((name) => name in change) && !(await holdsRole(tx, userId, 'coach'))) {
      throw forbidden(
        'profile.coach_only',
        'Rate, availability, specialties and languages of coaching are for coaches.',
      )
    }
    const changed = await patchProfile(tx, userId, patchOf(change), expected)
    if (!changed) throw expected === null ? notFound('profile') : changedMeanwhile()
    await audit(tx, {
      actor,
      action: 'identity.profile_changed',
      entityType: 'user',
      entityId: userId,
      retentionClass: 'general',
      changes: Object.keys(change),
    })
    await tellDirectory(tx, actor)
    return changed
  }
  const profile = await services.db.transaction(actor, work).catch((error: unknown) => {
    throw isOthersPicture(error) ? unknownPicture() : error
  })
  await forgetMe(services, userId)
  return profile
}

/** The change as JSON over the columns: money as decimal and currency, texts without the blanks around them. */
function patchOf({ hourly_rate, ...rest }: ProfileChange): string {
  const rate =
    hourly_rate &&
    ({
      hourly_rate: decimalFromMinor(hourly_rate.amount_minor, hourly_rate.currency, 2),
      currency: hourly_rate.currency,
    } as const)
  const columns = { ...rest, ...(rate === null ? { hourly_rate: null } : rate) }
  return JSON.stringify(columns, (_key, value: unknown) => (typeof value === 'string' ? value.trim() : value))
}

function isOthersPicture(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.constraint === 'own_portfolio_pictures'
}

function unknownPicture(): AppError {
  const detail = 'A picture of a portfolio is one that was uploaded for it, and is still there.'
  return badRequest('profile.picture_unknown', detail, '/portfolio_urls')
}

function changedMeanwhile(): AppError {
  return new AppError(412, 'profile.changed', 'The profile was changed meanwhile; read it again.')
}
