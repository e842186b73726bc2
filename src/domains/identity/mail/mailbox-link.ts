import type { Db } from '../../../platform/db/index.ts'
import type { Params, Waiting } from '../../../platform/messages/index.ts'
import { emailOf } from '../queries/accounts.ts'
import { issueToken, type TokenPurpose } from '../tokens.ts'

/** Makes the token of a link to the mailbox of an account; none when the account has moved to another meanwhile. */
export function mailboxLink(purpose: TokenPurpose, seconds: number) {
  return async (tx: Db, { userId, recipient }: Waiting<Params>): Promise<{ token: string } | null> => {
    if (userId === null || (await emailOf(tx, userId)) !== recipient) return null
    return { token: await issueToken(tx, purpose, { userId }, seconds) }
  }
}
