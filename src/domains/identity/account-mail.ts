import type { Db } from '../../platform/db/index.ts'
import { type NoParams, type Params, queueMessage, type Template } from '../../platform/messages/index.ts'
import type { Services } from '../../platform/services.ts'
import { emailOf } from './queries/accounts.ts'

/** Tells someone, at the address of their account, what became of it; in the transaction of what it tells. */
export async function tellAccount<P extends Params>(
  services: Pick<Services, 'fields'>,
  tx: Db,
  userId: string,
  template: Template<P, NoParams>,
  params: P,
): Promise<void> {
  const recipient = await emailOf(tx, userId)
  await queueMessage(tx, services, { template, userId, recipient, params })
}
