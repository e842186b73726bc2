import { type Actor, asSelf } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import { conflict } from '../../platform/errors.ts'
import { queueMessage } from '../../platform/messages/index.ts'
import type { Services } from '../../platform/services.ts'
import { linkInvalid } from './email-verification.ts'
import { accountExists } from './mail/account-exists.ts'
import { emailChangeConfirm, passwordMark } from './mail/email-change-confirm.ts'
import { emailChanged } from './mail/email-changed.ts'
import { forgetMe } from './me-cache.ts'
import { takenName } from './names.ts'
import { accountOf, emailOf, ownAccount, setEmail } from './queries/accounts.ts'
import { noSoonerThan } from './steady.ts'
import { consumeToken, voidTokens } from './tokens.ts'

const STEADY_MS = 50

/**
 * Sends a link to the address that is to be the account's; nothing changes before it is opened. An address that has an
 * account is told, and nobody else. 409 `auth.email_same`.
 */
export async function requestEmailChange(services: Services, actor: Actor, email: string): Promise<void> {
  await noSoonerThan(STEADY_MS, sendConfirmation(services, actor, email.toLowerCase()))
}

async function sendConfirmation(services: Services, actor: Actor, recipient: string): Promise<void> {
  const { db } = services
  const { userId } = actor
  const owner = await accountOf(db.anonymous, recipient)
  if (owner?.user_id === userId) throw conflict('auth.email_same', 'This is your address already.', '/email')
  await db.transaction(actor, async (tx) => {
    if (owner)
      await queueMessage(tx, services, {
        template: accountExists,
        userId: owner.user_id,
        recipient,
        params: {},
      })
    else {
      const account = await ownAccount(tx, userId)
      const params = { password_mark: passwordMark(services, account?.password_hash ?? null) }
      await queueMessage(tx, services, { template: emailChangeConfirm, userId, recipient, params })
    }
    await audit(tx, {
      actor,
      action: 'identity.email_change_requested',
      entityType: 'user',
      entityId: userId,
      retentionClass: 'security',
    })
  })
}

/** Makes the address the account's, by the link that went there; the old one is told. 400 `auth.link_invalid`; 409 `auth.email_taken`. */
export async function confirmEmailChange(services: Services, token: string): Promise<void> {
  const held = await consumeToken(services.db.anonymous, 'mail.change_email', token)
  if (!held?.userId || held.data.email === undefined) throw linkInvalid()
  await moveTo(services, held.userId, held.data.email).catch((error: unknown) => {
    if (takenName(error) !== 'email') throw error
    throw conflict('auth.email_taken', 'This e-mail address belongs to an account already.')
  })
  await forgetMe(services, held.userId)
}

async function moveTo(services: Services, userId: string, email: string): Promise<void> {
  const actor = asSelf(userId)
  await services.db.transaction(actor, async (tx) => {
    const old = await emailOf(tx, userId)
    await setEmail(tx, userId, email)
    await voidTokens(tx, userId, 'mail.change_email', 'mail.reset_password', 'mail.verify_email')
    await audit(tx, {
      actor,
      action: 'identity.email_changed',
      entityType: 'user',
      entityId: userId,
      retentionClass: 'security',
      changes: ['email'],
      severity: 'warning',
    })
    const params = { at: services.clock.now().toISOString() }
    await queueMessage(tx, services, { template: emailChanged, userId, recipient: old, params })
  })
}
