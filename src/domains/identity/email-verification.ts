import { asSelf } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import { verifyPassword } from '../../platform/crypto/passwords.ts'
import { AppError, badRequest } from '../../platform/errors.ts'
import { queueMessage } from '../../platform/messages/index.ts'
import type { Services } from '../../platform/services.ts'
import { type Admitted, admit } from './admission.ts'
import { verifyEmail as verifyEmailMail } from './mail/verify-email.ts'
import { accountOf, markVerified, ownAccount } from './queries/accounts.ts'
import { recordRefusal } from './refusals.ts'
import type { Device, SessionKind } from './sessions.ts'
import { noSoonerThan } from './steady.ts'
import { consumeToken, tryToken } from './tokens.ts'

const MOST_TRIES = 5
const STEADY_MS = 50

/**
 * Verifies an address by the link that went there and, for a new account, the password that was chosen with it: who has
 * the mailbox but not the password did not register this account. Signs in. 400 `auth.link_invalid`, 401
 * `auth.invalid_credentials`.
 */
export async function verifyEmail(
  services: Services,
  { token, password, kind }: { token: string; password: string; kind: SessionKind },
  device: Device,
): Promise<Admitted> {
  const held = await tryToken(services.db.anonymous, 'mail.verify_email', token, MOST_TRIES)
  if (!held?.userId) throw linkInvalid()
  const userId = held.userId
  const account = await services.db.transaction(asSelf(userId), (tx) => ownAccount(tx, userId), {
    readOnly: true,
  })
  if (account?.status !== 'pending_verification') throw linkInvalid()
  if (!(await verifyPassword(account.password_hash, password))) {
    await recordRefusal(services, { userId, reason: 'password', isCounted: false })
    throw new AppError(
      401,
      'auth.invalid_credentials',
      'This is not the password that the account was registered with.',
    )
  }
  return admit(services, { userId, proof: 'password', device, kind }, async (tx) => {
    if (!(await consumeToken(tx, 'mail.verify_email', token))) throw linkInvalid()
    // The password may have been replaced since it was compared: by who registers the address again.
    if (!(await markVerified(tx, userId, account.password_hash))) throw linkInvalid()
    await audit(tx, {
      actor: asSelf(userId),
      action: 'identity.email_verified',
      entityType: 'user',
      entityId: userId,
      retentionClass: 'security',
    })
  })
}

/** Sends the link once more, where an account waits for it; the answer and its time are the same where none does. */
export async function resendLink(services: Services, email: string): Promise<void> {
  await noSoonerThan(STEADY_MS, sendAgain(services, email))
}

async function sendAgain(services: Services, email: string): Promise<void> {
  const account = await accountOf(services.db.anonymous, email)
  if (account?.status !== 'pending_verification') return
  const recipient = email.toLowerCase()
  await services.db.transaction(null, (tx) =>
    queueMessage(tx, services, { template: verifyEmailMail, userId: account.user_id, recipient, params: {} }),
  )
}

export function linkInvalid(): AppError {
  return badRequest('auth.link_invalid', 'This link has expired or was used; ask for a new one.', '/token')
}
