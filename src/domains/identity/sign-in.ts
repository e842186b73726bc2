import { audit } from '../../platform/audit/index.ts'
import { hashPassword, isOutdated, verifyPassword } from '../../platform/crypto/passwords.ts'
import { AppError, tooMany } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { type Account, accountOf, recordFailure, recordSuccess } from './queries.ts'
import { type Device, type OpenedSession, openSession } from './sessions.ts'

const PER_ACCOUNT = { max: 30, windowSeconds: 60 }
const PER_ADDRESS = { max: 600, windowSeconds: 60 }

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
  if (!account || isLocked(account, services.clock.now())) throw refused()
  if (!right) {
    await refuse(services, account)
    throw refused()
  }
  if (account.status !== 'active')
    throw new AppError(403, 'auth.account_inactive', 'This account is not active.')
  return admit(services, account, password, device)
}

async function limitAttempts({ cache }: Services, login: string, device: Device): Promise<void> {
  const limits = await Promise.all([
    cache.limit(`ratelimit:signin:${login.toLowerCase()}`, PER_ACCOUNT),
    cache.limit(`ratelimit:signin-from:${device.ip}`, PER_ADDRESS),
  ])
  const over = limits.find(({ allowed }) => !allowed)
  if (over) throw tooMany('auth.too_many_attempts', over.resetSeconds)
}

function isLocked({ locked_until }: Account, now: Date): boolean {
  return locked_until !== null && Date.parse(locked_until) > now.getTime()
}

/** The count and its trace are kept although the request fails. */
async function refuse({ db }: Services, account: Account): Promise<void> {
  await db.transaction(null, async (tx) => {
    const { failed_login_attempts } = await recordFailure(tx, account.user_id)
    await audit(tx, {
      actor: null,
      action: 'identity.sign_in_refused',
      entityType: 'user',
      entityId: account.user_id,
      retentionClass: 'security',
      metadata: { failed_login_attempts },
      severity: failed_login_attempts >= 5 ? 'warning' : 'info',
    })
  })
}

async function admit({ db }: Services, account: Account, password: string, device: Device) {
  const rehashed = isOutdated(account.password_hash ?? '') ? await hashPassword(password) : undefined
  const userId = account.user_id
  const actor = { userId, roles: [], sessionId: '' }
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
  return { ...session, userId }
}

function refused(): AppError {
  return new AppError(
    401,
    'auth.invalid_credentials',
    'This e-mail or username and password do not belong together.',
  )
}
