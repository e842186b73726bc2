import { asSelf } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import { hashPassword } from '../../platform/crypto/passwords.ts'
import { queueMessage } from '../../platform/messages/index.ts'
import type { Services } from '../../platform/services.ts'
import { tellAccount } from './account-mail.ts'
import { linkInvalid } from './email-verification.ts'
import { passwordChanged } from './mail/password-changed.ts'
import { resetPassword as resetPasswordMail } from './mail/reset-password.ts'
import { forgetMe } from './me-cache.ts'
import { assertStrong } from './password-policy.ts'
import { accountOf, ownAccount, resetAccount } from './queries/accounts.ts'
import { forgetDevices } from './queries/devices.ts'
import { deleteSessions } from './queries/sessions.ts'
import { forgetSessions } from './sessions.ts'
import { noSoonerThan } from './steady.ts'
import { consumeToken, tryToken, voidTokens } from './tokens.ts'

const MOST_TRIES = 20
const STEADY_MS = 50
/** Whoever had the password before may have asked for them. */
const VOIDED = [
  'mail.reset_password',
  'mail.verify_email',
  'mail.change_email',
  'sign_in.second_factor',
] as const

/** Sends a link to who has an account; the answer and its time are the same for who has none. */
export async function requestReset(services: Services, email: string): Promise<void> {
  await noSoonerThan(STEADY_MS, sendReset(services, email))
}

async function sendReset(services: Services, email: string): Promise<void> {
  const account = await accountOf(services.db.anonymous, email)
  if (account?.status !== 'active' && account?.status !== 'pending_verification') return
  const recipient = email.toLowerCase()
  await services.db.transaction(null, (tx) =>
    queueMessage(tx, services, {
      template: resetPasswordMail,
      userId: account.user_id,
      recipient,
      params: {},
    }),
  )
}

/**
 * Sets a password by the link, which proves the mailbox and nothing more: every session ends, no device is known any
 * more, and signing in asks for the second factor as before. 400 `auth.link_invalid`, `auth.password_weak`.
 */
export async function resetPassword(
  services: Services,
  { token, new_password }: { token: string; new_password: string },
): Promise<void> {
  const { db } = services
  // Looked at first, so that a password that is too weak does not cost the link.
  const held = await tryToken(db.anonymous, 'mail.reset_password', token, MOST_TRIES)
  if (!held?.userId) throw linkInvalid()
  const userId = held.userId
  const actor = asSelf(userId)
  const account = await db.transaction(actor, (tx) => ownAccount(tx, userId), { readOnly: true })
  if (!account) throw linkInvalid()
  await assertStrong(new_password, [account.email, account.full_name, account.username], '/new_password')
  const hash = await hashPassword(new_password)
  const ended = await db.transaction(actor, async (tx) => {
    if (!(await consumeToken(tx, 'mail.reset_password', token))) throw linkInvalid()
    await resetAccount(tx, userId, hash)
    await voidTokens(tx, userId, ...VOIDED)
    await forgetDevices(tx, userId)
    await audit(tx, {
      actor,
      action: 'identity.password_reset',
      entityType: 'user',
      entityId: userId,
      retentionClass: 'security',
      severity: 'warning',
    })
    await tellAccount(services, tx, userId, passwordChanged, { at: services.clock.now().toISOString() })
    return deleteSessions(tx, userId)
  })
  await Promise.all([forgetSessions(services, ...ended), forgetMe(services, userId)])
}
