import type { Static } from 'typebox'
import { type Actor, asSelf } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import { equalText } from '../../platform/crypto/signing.ts'
import { type AppError, badRequest, forbidden } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { type Admitted, admit } from './admission.ts'
import { addIdentity, linkIdentity } from './identities.ts'
import { notAdmitted } from './leaving.ts'
import { assertAccepted, recordAgreement } from './legal.ts'
import { takenName } from './names.ts'
import { type Newcomer, newcomerOf } from './newcomer.ts'
import type { Identity, OidcClient } from './oidc-client.ts'
import { insertUser, newId } from './queries/accounts.ts'
import { type Candidate, candidateFor } from './queries/identities.ts'
import { inactive, type Refusal, recordRefusal } from './refusals.ts'
import { assertRegistrationOpen } from './registration.ts'
import { returnPath } from './return-path.ts'
import type { Accepted } from './schemas/legal.ts'
import { issueTicket, type SecondFactorTicket } from './second-factor.ts'
import type { Device } from './sessions.ts'
import { consumeToken, issueToken } from './tokens.ts'

/** How long somebody may take at the provider's. */
export const AUTHORIZATION_SECONDS = 600

type Parts = { readonly services: Services; readonly client: OidcClient }

/** `accepted`: the documents agreed to by who turns out to be new here. */
type Beginning = {
  readonly actor: Actor | null
  readonly returnTo?: string | undefined
  readonly accepted?: Static<typeof Accepted> | undefined
}
/** `binding` goes into the browser's cookie: only that browser can come back with an answer. */
export type Begun = { readonly url: string; readonly binding: string }
/** Where the browser goes now, and with what. */
export type Returned = {
  readonly returnTo: string
  readonly outcome: Admitted | SecondFactorTicket | 'linked'
}

/**
 * Sends somebody to a provider: to sign in, or, for an actor, to link who they are there. 400 `auth.return_to_invalid`; 404
 * `provider.not_found`; 503 `auth.provider_unavailable`.
 */
export async function beginAuthorization(
  { services, client }: Parts,
  provider: string,
  { actor, returnTo = '/', accepted = {} }: Beginning,
): Promise<Begun> {
  const { db, config } = services
  const path = returnPath(returnTo, config.publicUrl)
  if (path === undefined)
    throw badRequest('auth.return_to_invalid', 'Name a path of this site, such as /programs.', '/return_to')
  const { url, checks } = await client.begin(provider)
  const token = { userId: actor?.userId ?? null, data: { ...accepted, provider, return_to: path, ...checks } }
  const binding = await db.transaction(actor, (tx) =>
    issueToken(tx, 'oidc.authorization', token, AUTHORIZATION_SECONDS),
  )
  return { url, binding }
}

/**
 * What a browser brings back from a provider, once: 400 `auth.authorization_invalid` unless this browser began it, with this
 * provider, and as who it is signed in as now. Refused as `OidcClient.finish` refuses; the rest as `enter` does.
 */
export async function finishAuthorization(
  parts: Parts,
  provider: string,
  returned: {
    readonly query: Readonly<Record<string, string>>
    readonly binding: string | undefined
    readonly actor: Actor | null
  },
  device: Device,
): Promise<Returned> {
  const { services, client } = parts
  const { query, binding, actor } = returned
  const token = await consumeToken(services.db.anonymous, 'oidc.authorization', binding ?? '')
  if (!token || token.data.provider !== provider || !equalText(token.data.state ?? '', query.state ?? ''))
    throw beginAgain()
  const { state = '', nonce = '', verifier = '', return_to: returnTo = '/' } = token.data
  if (token.userId !== null && token.userId !== actor?.userId) throw beginAgain()
  const identity = await client.finish(provider, query, { state, nonce, verifier })
  if (token.userId === null || actor === null) {
    return { returnTo, outcome: await enter(services, { identity, accepted: token.data, device }) }
  }
  await services.db.transaction(actor, (tx) => linkIdentity(services, tx, actor, identity))
  return { returnTo, outcome: 'linked' }
}

type Arrival = {
  readonly identity: Identity
  readonly accepted: Static<typeof Accepted>
  readonly device: Device
}

/**
 * Signs in whoever the provider says this is. An identity that is not linked yet is taken for the account of its address
 * where both sides have verified that, else for somebody new. 403 `auth.provider_email_unverified`, the same whether or not
 * the address has an account; `auth.email_unverified`, `auth.account_inactive`, `auth.registration_closed`; 422 for somebody new
 * who has not agreed to the documents in force.
 */
async function enter(services: Services, arrival: Arrival): Promise<Admitted | SecondFactorTicket> {
  const { identity, device } = arrival
  const newcomer = newcomerOf(identity)
  const candidate = await candidateFor(services.db.anonymous, identity, newcomer?.email ?? null)
  if (candidate) return admitCandidate(services, identity, candidate, device)
  if (!newcomer) throw await refuse(services, undefined, 'identity', unverified())
  return welcome(services, arrival, newcomer)
}

async function admitCandidate(
  services: Services,
  identity: Identity,
  candidate: Candidate,
  device: Device,
): Promise<Admitted | SecondFactorTicket> {
  if (candidate.status !== 'active')
    throw await refuse(
      services,
      candidate,
      'status',
      await notAdmitted(services, candidate.user_id, candidate.status),
    )
  if (!candidate.linked && !candidate.email_verified)
    throw await refuse(services, candidate, 'identity', inactive('pending_verification'))
  const { user_id: userId, two_factor_enabled } = candidate
  if (two_factor_enabled) return issueTicket(services, userId, 'cookie', identity)
  return admit(services, { userId, proof: 'oidc', device, kind: 'cookie' }, (tx) =>
    linkIdentity(services, tx, asSelf(userId), identity),
  )
}

/** An account without a password, whose address the provider has verified. */
async function welcome(
  services: Services,
  { identity, accepted, device }: Arrival,
  newcomer: Newcomer,
): Promise<Admitted | SecondFactorTicket> {
  await assertRegistrationOpen(services)
  const versions = await assertAccepted(services, accepted)
  const { language, ...person } = newcomer
  const userId = await newId(services.db.anonymous)
  const actor = asSelf(userId)
  try {
    return await admit(services, { userId, proof: 'oidc', device, kind: 'cookie' }, async (tx) => {
      const account = { username: null, password_hash: null, status: 'active', email_verified: true } as const
      await insertUser(tx, { user_id: userId, ...person, ...account }, language)
      await recordAgreement(tx, userId, { versions, ip: device.ip, source: 'provider' })
      if (!(await addIdentity(tx, userId, identity))) throw new AlreadyThere()
      await audit(tx, {
        actor,
        action: 'identity.user_registered',
        entityType: 'user',
        entityId: userId,
        retentionClass: 'security',
        metadata: { provider: identity.provider },
      })
    })
  } catch (error) {
    // The same person came twice at once, or registered meanwhile: there is an account to look at now.
    if (!(error instanceof AlreadyThere) && takenName(error) !== 'email') throw error
    const found = await candidateFor(services.db.anonymous, identity, newcomer.email)
    if (!found) throw inactive('deleted')
    return admitCandidate(services, identity, found, device)
  }
}

class AlreadyThere extends Error {}

async function refuse(
  services: Services,
  candidate: Candidate | undefined,
  reason: Refusal,
  error: AppError,
): Promise<AppError> {
  await recordRefusal(services, { userId: candidate?.user_id ?? null, reason, isCounted: false })
  return error
}

function beginAgain(): AppError {
  return badRequest('auth.authorization_invalid', 'This sign-in was not begun here, or is over; begin again.')
}

function unverified(): AppError {
  return forbidden(
    'auth.provider_email_unverified',
    'The provider does not say that your e-mail address is verified. Verify it there, or register here.',
  )
}
