import { asSelf } from '../../platform/actor.ts'
import { AppError } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { mailWayBack } from './account-closing.ts'
import { emailOf } from './queries/accounts.ts'
import { inactive } from './refusals.ts'

/**
 * What to answer who has proven to be the person of an account that is not active. Who closed it and has not been erased
 * yet is mailed the way back: 403 `auth.account_leaving`; else as `inactive`.
 */
export async function notAdmitted(services: Services, userId: string, status: string): Promise<AppError> {
  if (status !== 'deleted') return inactive(status)
  await services.db.transaction(asSelf(userId), async (tx) =>
    mailWayBack(services, tx, userId, await emailOf(tx, userId)),
  )
  return new AppError(
    403,
    'auth.account_leaving',
    'This account is about to be deleted. A mail to its address says how to keep it.',
  )
}
