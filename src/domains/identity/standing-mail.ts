import type { Db } from '../../platform/db/index.ts'
import { type MailTemplate, type Params, queueMessage } from '../../platform/messages/index.ts'
import type { Services } from '../../platform/services.ts'
import type { Standing } from './queries/standing.ts'

/** Tells someone by mail what staff did to their account; an address that nobody has proven to be theirs is told nothing. */
export async function tell<P extends Params>(
  services: Pick<Services, 'fields'>,
  tx: Db,
  { user_id: userId, email: recipient, email_verified }: Standing,
  { template, params }: { template: MailTemplate<P>; params: P },
): Promise<void> {
  if (email_verified) await queueMessage(tx, services, { template, userId, recipient, params })
}
