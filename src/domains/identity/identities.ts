import pg from 'pg'
import type { Actor } from '../../platform/actor.ts'
import type { Db } from '../../platform/db/index.ts'
import { conflict, notFound } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { recordFactorChange } from './factors.ts'
import type { Identity } from './oidc-client.ts'
import {
  deleteIdentity,
  type IdentityRow,
  identitiesOf,
  insertIdentity,
  touchIdentity,
} from './queries/identities.ts'

export function listIdentities({ db }: Services, actor: Actor): Promise<IdentityRow[]> {
  return db.transaction(actor, (tx) => identitiesOf(tx, actor.userId), { readOnly: true })
}

/**
 * Makes an identity a way into this account; nothing when it is one already. 409 `identities.taken` where it is one into
 * another account.
 */
export async function linkIdentity(
  services: Services,
  tx: Db,
  actor: Actor,
  identity: Identity,
): Promise<void> {
  if (await touchIdentity(tx, actor.userId, identity, identity.email)) return
  if (await addIdentity(tx, actor.userId, identity))
    return recordFactorChange(services, tx, actor, 'identity_linked')
  // Linked since the first look: by this person elsewhere, or else it is somebody else's.
  if (!(await touchIdentity(tx, actor.userId, identity, identity.email))) throw taken()
}

/** False where it is somebody's already. */
export function addIdentity(tx: Db, userId: string, identity: Identity): Promise<boolean> {
  const { provider, issuer, subject, email } = identity
  return insertIdentity(tx, { user_id: userId, provider, issuer, subject, email })
}

/** 404 `identity.not_found`; 409 `factors.last_way_in` where nothing else would sign the person in. */
export async function unlinkIdentity(services: Services, actor: Actor, identityId: string): Promise<void> {
  try {
    await services.db.transaction(actor, async (tx) => {
      if (!(await deleteIdentity(tx, actor.userId, identityId))) throw notFound('identity', identityId)
      await recordFactorChange(services, tx, actor, 'identity_unlinked')
    })
  } catch (error) {
    throw refusal(error) ?? error
  }
}

function refusal(error: unknown) {
  if (error instanceof pg.DatabaseError && error.constraint === 'keeps_a_way_in')
    return conflict('factors.last_way_in', 'Nothing else would sign you in: set a password first.')
}

function taken() {
  return conflict('identities.taken', 'This identity signs somebody else in.')
}
