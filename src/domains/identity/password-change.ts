import type { Actor } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import { hashPassword } from '../../platform/crypto/passwords.ts'
import type { Services } from '../../platform/services.ts'
import { tellAccount } from './account-mail.ts'
import { passwordChanged } from './mail/password-changed.ts'
import { assertStrong } from './password-policy.ts'
import { ownAccount, setPasswordHash } from './queries/accounts.ts'
import { type Holder, withNewSession } from './rotation.ts'
import type { OpenedSession } from './sessions.ts'
import { voidTokens } from './tokens.ts'

/** Sets one's password, the first one too; every other session ends. 400 `auth.password_weak`. */
export async function changePassword(
  services: Services,
  actor: Actor,
  newPassword: string,
  holder: Holder,
): Promise<OpenedSession> {
  const { userId } = actor
  const account = await services.db.transaction(actor, (tx) => ownAccount(tx, userId), { readOnly: true })
  const hints = [account?.email ?? null, account?.full_name ?? null, account?.username ?? null]
  await assertStrong(newPassword, hints, '/new_password')
  const hash = await hashPassword(newPassword)
  const { session } = await withNewSession(services, actor, { ...holder, others: 'end' }, async (tx) => {
    await setPasswordHash(tx, userId, hash)
    await voidTokens(tx, userId, 'mail.reset_password', 'mail.change_email', 'sign_in.second_factor')
    await audit(tx, {
      actor,
      action: 'identity.password_changed',
      entityType: 'user',
      entityId: userId,
      retentionClass: 'security',
      severity: 'warning',
    })
    await tellAccount(services, tx, userId, passwordChanged, { at: services.clock.now().toISOString() })
  })
  return session
}
