import { createHash } from 'node:crypto'
import { asSelf } from '../../platform/actor.ts'
import type { LimitResult } from '../../platform/cache/index.ts'
import { hashPassword, isOutdated, verifyPassword } from '../../platform/crypto/passwords.ts'
import { AppError, tooMany } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { type Admitted, admit } from './admission.ts'
import { deviceHash } from './devices.ts'
import { notAdmitted } from './leaving.ts'
import { type Account, accountOf, setPasswordHash } from './queries/accounts.ts'
import { type Refusal, recordRefusal } from './refusals.ts'
import { issueTicket, type SecondFactorTicket } from './second-factor.ts'
import type { Device, SessionKind } from './sessions.ts'

const PER_ACCOUNT = { max: 30, windowSeconds: 60 }
/** From a device where its person has signed in before, which a lock-out does not shut out. */
const PER_KNOWN_DEVICE = { max: 10, windowSeconds: 3600 }

type Credentials = { readonly login: string; readonly password: string; readonly kind: SessionKind }

/**
 * Signs in by e-mail or username; with a second factor on the account the answer is a ticket for it. Whatever is wrong,
 * account or password or both, or that the account is locked or waits for its address to be verified, the answer is 401
 * `auth.invalid_credentials` after the same work. 429 per account; 503 without a cache, because then nobody counts attempts.
 */
export async function signIn(
  services: Services,
  { login, password, kind }: Credentials,
  device: Device,
): Promise<Admitted | SecondFactorTicket> {
  const account = await accountOf(services.db.anonymous, login, deviceHash(device.known))
  await limitAttempts(services, account, login, device)
  const right = await verifyPassword(account?.password_hash ?? null, password)
  const reason = refusalOf(account, right, services.clock.now())
  if (!account || reason) throw await refused(services, account, reason ?? 'account')
  const rehashed = isOutdated(account.password_hash ?? '') ? await hashPassword(password) : undefined
  const userId = account.user_id
  if (rehashed !== undefined)
    await services.db.transaction(asSelf(userId), (tx) => setPasswordHash(tx, userId, rehashed))
  if (account.two_factor_enabled) return issueTicket(services, userId, kind)
  return admit(services, { userId, proof: 'password', device, kind })
}

function refusalOf(account: Account | undefined, right: boolean, now: Date): Refusal | undefined {
  if (!account) return 'account'
  // A stranger who fails on purpose locks out strangers, and not the person.
  if (isLocked(account, now) && !account.known_device) return 'locked'
  if (!right) return 'password'
  return account.status === 'active' ? undefined : 'status'
}

/** What is counted for someone with a known device is that device; for all others the name that they try. */
async function limitAttempts(
  { cache }: Services,
  account: Account | undefined,
  login: string,
  device: Device,
): Promise<void> {
  if (account?.known_device) {
    const hash = deviceHash(device.known)!.toString('base64url')
    allow(await cache.limit(`ratelimit:signin-device:${hash}`, PER_KNOWN_DEVICE))
  } else {
    // As a hash: an address has no place in a cache's keys.
    const name = createHash('sha256').update(login.toLowerCase()).digest('base64url')
    allow(await cache.limit(`ratelimit:signin:${name}`, PER_ACCOUNT))
  }
}

function allow({ allowed, resetSeconds }: LimitResult): void {
  if (!allowed) throw tooMany('auth.too_many_attempts', resetSeconds)
}

function isLocked({ locked_until }: Account, now: Date): boolean {
  return locked_until !== null && Date.parse(locked_until) > now.getTime()
}

async function refused(services: Services, account: Account | undefined, reason: Refusal): Promise<AppError> {
  const isCounted = reason === 'password' && account?.known_device === false
  await recordRefusal(services, { userId: account?.user_id ?? null, reason, isCounted })
  // An account that waits was made by whoever chose its password: to tell them would tell that the address had none.
  if (account && reason === 'status' && account.status !== 'pending_verification')
    return notAdmitted(services, account.user_id, account.status)
  return new AppError(
    401,
    'auth.invalid_credentials',
    'This e-mail or username and password do not belong together, or the address waits to be verified.',
  )
}
