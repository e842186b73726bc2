import type { Db } from '../../platform/db/index.ts'
import { type Channel, isWelcome, type NotificationType } from './notification-matrix.ts'
import { hasConsent } from './queries/consents.ts'
import { settingsOf } from './queries/settings.ts'

/**
 * Whether someone wants to be told of this kind of thing, in this way, at this moment: their matrix, quiet hours in their
 * zone, digest, and for marketing a consent that stands (R9). Ask as app_worker: app_user sees nobody's settings but its own, and false is the answer without any.
 */
export async function mayNotify(
  db: Db,
  userId: string,
  type: NotificationType,
  channel: Channel,
  at: Date,
): Promise<boolean> {
  const settings = await settingsOf(db, userId)
  if (settings === undefined || !isWelcome(settings, type, channel, at)) return false
  return type !== 'marketing' || hasConsent(db, userId, 'marketing')
}
