import type { Actor } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import { badRequest, conflict } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { closeAccount, consumeToken, emailOf, mailWayBack, reopenAccount } from '../identity/index.ts'
import { withPagesForgotten } from './forgetting.ts'
import { cancelErasure, type Erasure, insertErasure, type PublicWriting } from './queries/erasures.ts'

/**
 * Closes the account of who asks, and erases it when the way back ends: `ERASURE_GRACE_DAYS` from now, thirty days at most
 * (R11). 409 `erasure.running`, `role.last_super_admin`.
 */
export async function requestErasure(
  services: Services,
  actor: Actor,
  publicWriting: PublicWriting,
): Promise<Erasure> {
  const { userId } = actor
  let erasure: Erasure | undefined
  const close = () =>
    closeAccount(services, actor, async (tx) => {
      erasure = await insertErasure(tx, userId, publicWriting, services.config.erasureGraceDays)
      if (!erasure) throw conflict('erasure.running', 'This account is being deleted already.')
      await audit(tx, {
        actor,
        action: 'privacy.erasure_requested',
        entityType: 'user',
        entityId: userId,
        retentionClass: 'security',
        severity: 'warning',
        metadata: { erasure_id: erasure.erasure_id, public_writing: publicWriting },
      })
      await mailWayBack(services, tx, userId, await emailOf(tx, userId))
    })
  await withPagesForgotten(services, userId, close)
  return erasure!
}

/** By the mailed link. 400 `auth.link_invalid`; 409 `erasure.too_late`. */
export async function keepAccount(services: Services, token: string): Promise<void> {
  const held = await consumeToken(services.db.anonymous, 'mail.keep_account', token)
  const userId = held?.userId
  if (!userId) throw badRequest('auth.link_invalid', 'This link has expired or was used.', '/token')
  const reopen = () =>
    reopenAccount(services, userId, async (tx) => {
      if (!(await cancelErasure(tx, userId)))
        throw conflict('erasure.too_late', 'This account is not waiting to be deleted, or no longer.')
      await audit(tx, {
        actor: { userId, impersonatorId: null },
        action: 'privacy.erasure_cancelled',
        entityType: 'user',
        entityId: userId,
        retentionClass: 'security',
      })
    })
  await withPagesForgotten(services, userId, reopen)
}
