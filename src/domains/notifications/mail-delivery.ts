import { type Actor, asSelf } from '../../platform/actor.ts'
import { audit } from '../../platform/audit/index.ts'
import { addressMark } from '../../platform/delivery/index.ts'
import { badRequest, tooMany } from '../../platform/errors.ts'
import {
  liftSuppression,
  queueMessage,
  type Suppression,
  suppressionOf,
} from '../../platform/messages/index.ts'
import type { Services } from '../../platform/services.ts'
import { consumeToken, emailOf } from '../identity/index.ts'
import { confirmDelivery } from './mail/confirm-delivery.ts'

const WAIT_SECONDS = 3600

export type MailDelivery = { readonly suppressed: Suppression | null }

/** Whether mail still goes to the actor's address. */
export function readMailDelivery({ db, config }: Services, actor: Actor): Promise<MailDelivery> {
  return db.transaction(
    actor,
    async (tx) => {
      const mark = addressMark(config, await emailOf(tx, actor.userId))
      return { suppressed: (await suppressionOf(tx, actor.userId, mark)) ?? null }
    },
    { readOnly: true },
  )
}

/** Sends a link to the actor's address: whoever opens it has shown that mail arrives. 429 `notifications.too_many_links`. */
export async function askForDelivery(services: Services, actor: Actor): Promise<void> {
  const { userId } = actor
  await services.db.transaction(actor, async (tx) => {
    const recipient = await emailOf(tx, userId)
    const message = { template: confirmDelivery, userId, recipient, params: {} }
    if ((await queueMessage(tx, services, message)) === null)
      throw tooMany('notifications.too_many_links', WAIT_SECONDS)
  })
}

/** Takes the link: mail goes there again. 400 `notifications.link_expired`. */
export async function confirmDeliveryBy({ db, config }: Services, token: string): Promise<void> {
  const taken = await db.transaction(null, (tx) => consumeToken(tx, 'mail.confirm_delivery', token))
  const userId = taken?.userId
  if (!userId)
    throw badRequest(
      'notifications.link_expired',
      'This link has expired or was used; ask for a new one.',
      '/token',
    )
  const actor = asSelf(userId)
  await db.transaction(actor, async (tx) => {
    if (!(await liftSuppression(tx, userId, addressMark(config, await emailOf(tx, userId))))) return
    await audit(tx, {
      actor,
      action: 'notifications.mail_resumed',
      entityType: 'user',
      entityId: userId,
      retentionClass: 'general',
    })
  })
}
