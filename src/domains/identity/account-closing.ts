import { type Actor, asSelf } from '../../platform/actor.ts'
import type { Db } from '../../platform/db/index.ts'
import { queueMessage } from '../../platform/messages/index.ts'
import type { Services } from '../../platform/services.ts'
import { tellDirectory, tellFeeds } from './directory.ts'
import { keepASuperAdmin } from './last-super-admin.ts'
import { accountLeaving } from './mail/account-leaving.ts'
import { forgetMe, meKey } from './me-cache.ts'
import { presenceKey } from './presence.ts'
import { closeUser, leavesAt, reopenUser } from './queries/account-closing.ts'
import { deleteSessions } from './queries/sessions.ts'
import { forgetSessions } from './sessions.ts'
import { voidTokens } from './tokens.ts'

/**
 * Hides somebody from everybody and signs them out everywhere, at once; `also` is written in the same transaction. 409
 * `role.last_super_admin` where no other super admin would remain.
 */
export async function closeAccount(
  services: Services,
  actor: Actor,
  also: (tx: Db) => Promise<void>,
): Promise<void> {
  const { userId } = actor
  const work = services.db.transaction(actor, async (tx) => {
    await also(tx)
    await closeUser(tx, userId)
    await voidTokens(tx, userId, 'sign_in.second_factor', 'mail.reset_password', 'mail.change_email')
    await tellReaders(tx)
    return deleteSessions(tx, userId)
  })
  const ended = await keepASuperAdmin(work)
  await Promise.all([forgetSessions(services, ...ended), forgetMe(services, userId)])
}

/** Opens it again, as it was; `also` says first whether there is still time, by throwing. */
export async function reopenAccount(
  services: Services,
  userId: string,
  also: (tx: Db) => Promise<void>,
): Promise<void> {
  await services.db.transaction(asSelf(userId), async (tx) => {
    await also(tx)
    await reopenUser(tx, userId)
    await tellReaders(tx)
  })
  await forgetMe(services, userId)
}

/** The way back, to the mailbox of who proved with their password that the closed account is theirs. */
export async function mailWayBack(
  services: Pick<Services, 'fields' | 'config'>,
  tx: Db,
  userId: string,
  recipient: string,
): Promise<void> {
  const until = await leavesAt(tx, userId, services.config.erasureGraceDays)
  await queueMessage(tx, services, { template: accountLeaving, userId, recipient, params: { until } })
}

/** After the commit that erased somebody: what is cached of them and of pages that show them. */
export function forgetPerson({ cache }: Pick<Services, 'cache'>, userId: string): Promise<void> {
  return cache.forget(meKey(userId), presenceKey(userId))
}

/** In the transaction of a change after which somebody shows no more, or again, in feeds and in the directory of coaches. */
export async function tellReaders(tx: Db): Promise<void> {
  await tellDirectory(tx, { roles: ['coach'] })
  await tellFeeds(tx)
}
