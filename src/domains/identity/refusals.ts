import { audit } from '../../platform/audit/index.ts'
import { AppError } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { recordFailure } from './queries/accounts.ts'

/** Why somebody was not let in. */
export type Refusal = 'account' | 'locked' | 'password' | 'status' | 'second_factor' | 'passkey' | 'identity'

/** A uuid that uuid_v7() never makes. */
const NOBODY = '00000000-0000-0000-0000-000000000000'

/**
 * The trace, and the count where it was a guess, are kept although the request fails. The same statements run whatever
 * was wrong: a commit takes milliseconds, so an account that is none would show by answering sooner.
 */
export async function recordRefusal(
  { db }: Pick<Services, 'db'>,
  refusal: { userId: string | null; reason: Refusal; isCounted: boolean },
): Promise<void> {
  const { userId, reason, isCounted } = refusal
  await db.transaction(null, async (tx) => {
    const attempts = await recordFailure(tx, (isCounted ? userId : null) ?? NOBODY)
    await audit(tx, {
      actor: null,
      action: 'identity.sign_in_refused',
      entityType: 'user',
      entityId: userId,
      retentionClass: 'security',
      metadata: { reason, ...(attempts !== undefined && { failed_login_attempts: attempts }) },
      severity: attempts !== undefined && attempts >= 5 ? 'warning' : 'info',
    })
  })
}

/** 403, for who has proven to be the person of an account that may not sign in. */
export function inactive(status: string): AppError {
  return status === 'pending_verification'
    ? new AppError(403, 'auth.email_unverified', 'Open the link that we sent to this address first.')
    : new AppError(
        403,
        'auth.account_inactive',
        'This account is not active. If it was suspended, a mail to its address says why.',
      )
}
