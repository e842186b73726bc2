import type { Static } from 'typebox'
import type { Actor } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import { conflict } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { outdatedVersion } from './legal.ts'
import { forgetMe } from './me-cache.ts'
import { addConsent, CONSENTS, MARKETING_VERSION, versionInForce } from './queries/consents.ts'
import type { NewConsent, Purpose } from './schemas/consents.ts'

/** What one has agreed to, and all that one ever said, as JSON text. */
export async function readConsents({ db }: Services, actor: Actor): Promise<string> {
  return (await db.textAs(actor, CONSENTS, [actor.userId])) ?? ''
}

/**
 * One's word on one purpose (R9), kept for good with the version that was read. Saying no is as easy as saying yes; the terms
 * and the notice are the account's own, so whoever does not accept them leaves instead: 409 `consent.needed`. 422
 * `legal.version_outdated` for another version than the one in force.
 */
export async function giveConsent(
  services: Services,
  actor: Actor,
  purpose: Purpose,
  { granted, version, ip }: Static<typeof NewConsent> & { readonly ip: string | null },
): Promise<string> {
  if (purpose !== 'marketing' && !granted) {
    throw conflict('consent.needed', 'There is no account without this: take your data along, and delete it.')
  }
  await services.db.transaction(actor, async (tx) => {
    const inForce = purpose === 'marketing' ? MARKETING_VERSION : await versionInForce(tx, purpose)
    if (version !== inForce) throw outdatedVersion('/version')
    if (!(await addConsent(tx, actor.userId, { purpose, version, granted, ip }))) return
    await audit(tx, {
      actor,
      action: granted ? 'identity.consent_given' : 'identity.consent_withdrawn',
      entityType: 'user',
      entityId: actor.userId,
      retentionClass: 'security',
      metadata: { purpose, version },
    })
  })
  await forgetMe(services, actor.userId)
  return readConsents(services, actor)
}
