import { asSelf } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import { hashPassword, isOutdated, verifyPassword } from '../../platform/crypto/passwords.ts'
import { AppError, tooMany } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { forgetMe } from './me-cache.ts'
import { type Account, accountOf, recordFailure, recordSuccess } from './queries/accounts.ts'
import { type Device, type OpenedSession, openSession } from './sessions.ts'

const PER_ACCOUNT = { max: 30, windowSeconds: 60 }
const PER_ADDRESS = { max: 600, windowSeconds: 60 }

/** A uuid that uuid_v7() never makes. */
const NOBODY = '00000000-0000-0000-0000-000000000000'

type Credentials = { readonly login: string; readonly password: string }

/**
 * Signs in by e-mail or username. Whatever is wrong, account or password or both, or that the account is locked, the
 * answer is 401 `auth.invalid_credentials` after the same work. 429 per account and address; 503 without a cache,
 * because then nobody counts attempts.
 */
export async function signIn(
  services: Services,
  { login, password }: Credentials,
  device: Device,
): Promise<OpenedSession & { userId: string }> {
  await limitAttempts(services, login, device)
  const account = await accountOf(services.db.anonymous, login)
  const right = await verifyPassword(account?.password_hash ?? null, password)
  const reason = refusalOf(account, right, services.clock.now())
  if (account && !reason) return admit(services, account, password, device)
  await recordRefusal(services, account, reason ?? 'account')
  if (reason === 'status') throw new AppError(403, 'auth.account_inactive', 'This account is not active.')
  throw new AppError(
    401,
    'auth.invalid_credentials',
    'This e-mail or username and password do not belong together.',
  )
}

type Refusal = 'account' | 'locked' | 'password' | 'status'

function refusalOf(account: Account | undefined, right: boolean, now: Date): Refusal | undefined {
  if (!account) return 'account'
  if (isLocked(account, now)) return 'locked'
  if (!right) return 'password'
  return account.status === 'active' ? undefined : 'status'
}

async function limitAttempts({ cache }: Services, login: string, device: Device): Promise<void> {
  const limits = await Promise.all([
    cache.limit(`ratelimit:signin:${login.toLowerCase()}`, PER_ACCOUNT),
    cache.limit(`ratelimit:signin-from:${device.network}`, PER_ADDRESS),
  ])
  const over = limits.find(({ allowed }) => !allowed)
  if (over) throw tooMany('auth.too_many_attempts', over.resetSeconds)
}

function isLocked({ locked_until }: Account, now: Date): boolean {
  return locked_until !== null && Date.parse(locked_until) > now.getTime()
}

/**
 * The trace, and the count where a password was wrong, are kept although the request fails. The same statements run
 * whatever was wrong: a commit takes milliseconds, so an account that is none would show by answering sooner.
 */
async function recordRefusal({ db }: Services, account: Account | undefined, reason: Refusal): Promise<void> {
  const counted = reason === 'password' ? account?.user_id : undefined
  await db.transaction(null, async (tx) => {
    const attempts = await recordFailure(tx, counted ?? NOBODY)
    await audit(tx, {
      actor: null,
      action: 'identity.sign_in_refused',
      entityType: 'user',
      entityId: account?.user_id ?? null,
      retentionClass: 'security',
      metadata: { reason, ...(attempts !== undefined && { failed_login_attempts: attempts }) },
      severity: attempts !== undefined && attempts >= 5 ? 'warning' : 'info',
    })
  })
}

async function admit({ db, cache }: Services, account: Account, password: string, device: Device) {
  const rehashed = isOutdated(account.password_hash ?? '') ? await hashPassword(password) : undefined
  const userId = account.user_id
  const actor = asSelf(userId)
  const session = await db.transaction(actor, async (tx) => {
    await recordSuccess(tx, userId, rehashed)
    await audit(tx, {
      actor,
      action: 'identity.user_signed_in',
      entityType: 'user',
      entityId: userId,
      retentionClass: 'security',
    })
    return openSession(tx, userId, device)
  })
  await forgetMe({ cache }, userId)
  return { ...session, userId }
}
