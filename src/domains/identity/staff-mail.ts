import type { Db } from '../../platform/db/index.ts'
import { type NoParams, type Params, queueMessage, type Template } from '../../platform/messages/index.ts'
import type { Services } from '../../platform/services.ts'
import { staffAddresses } from './queries/accounts.ts'

/** Tells everybody who looks after the platform, by mail, in the transaction of what it tells; for jobs. */
export async function tellStaff<P extends Params>(
  services: Pick<Services, 'fields'>,
  tx: Db,
  template: Template<P, NoParams>,
  params: P,
): Promise<void> {
  for (const { user_id, email } of await staffAddresses(tx))
    await queueMessage(tx, services, { template, userId: user_id, recipient: email, params })
}
