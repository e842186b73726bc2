import type { AuthenticationResponseJSON } from '@simplewebauthn/server'
import type { Actor } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import { verifyPassword } from '../../platform/crypto/passwords.ts'
import { AppError, tooMany } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import type { Proof } from './admission.ts'
import { factorsOf } from './queries/factors.ts'
import { recordRefusal } from './refusals.ts'
import { type Holder, withNewSession } from './rotation.ts'
import { type FactorProof, provenBy } from './second-factor.ts'
import type { OpenedSession } from './sessions.ts'
import { consumeToken } from './tokens.ts'
import { challengeOf } from './webauthn.ts'

const PER_PERSON = { max: 10, windowSeconds: 600 }

/** What someone who is signed in shows to prove that it is still them. */
export type StepUpProof = { readonly password: string } | FactorProof

/**
 * Proves again who holds this session, which then counts as recently proven; the session's token is a new one. 401
 * `auth.proof_wrong`; 429, and 503 without a cache, because then nobody counts.
 */
export async function stepUp(
  services: Services,
  actor: Actor,
  proof: StepUpProof,
  holder: Holder,
): Promise<OpenedSession> {
  const { userId } = actor
  const { allowed, resetSeconds } = await services.cache.limit(`ratelimit:step-up:${userId}`, PER_PERSON)
  if (!allowed) throw tooMany('auth.too_many_attempts', resetSeconds)
  const how = await provenAgain(services, actor, proof)
  if (how === undefined) {
    await recordRefusal(services, { userId, reason: 'second_factor', isCounted: false })
    throw new AppError(401, 'auth.proof_wrong', 'This does not prove that it is you.')
  }
  const { session } = await withNewSession(services, actor, { ...holder, others: 'stay' }, (tx) =>
    audit(tx, {
      actor,
      action: 'identity.session_proven',
      entityType: 'user',
      entityId: userId,
      retentionClass: 'security',
      metadata: { proof: how },
    }),
  )
  return session
}

async function provenAgain(services: Services, actor: Actor, proof: StepUpProof): Promise<Proof | undefined> {
  const { userId } = actor
  if (!('password' in proof)) {
    const challenge = 'passkey' in proof ? await takeChallenge(services, actor, proof.passkey) : ''
    return services.db.transaction(actor, (tx) => provenBy(services, tx, userId, proof, challenge))
  }
  // Outside of the transaction, which would hold a connection while the hash waits for its turn.
  const factors = await services.db.transaction(actor, (tx) => factorsOf(tx, userId), { readOnly: true })
  return (await verifyPassword(factors?.password_hash ?? null, proof.password)) ? 'password' : undefined
}

/** The challenge that this answers, if it was made for this person's step-up; else one that nothing answers. */
async function takeChallenge(
  { db }: Services,
  { userId }: Actor,
  response: AuthenticationResponseJSON,
): Promise<string> {
  const challenge = challengeOf(response) ?? ''
  const token = await consumeToken(db.anonymous, 'passkey.step_up', challenge)
  return token?.userId === userId ? challenge : ''
}
