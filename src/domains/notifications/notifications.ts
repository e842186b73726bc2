import type { Static } from 'typebox'
import type { Actor } from '../../platform/actor.ts'
import { decodeCursor, filterDigest, LAST_ID, PAGE } from '../../platform/cursor.ts'
import { pageSize } from '../../platform/db/index.ts'
import { notFound } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { markRead, markReadUpTo, notificationPage } from './queries.ts'
import type { NotificationQuery } from './schemas.ts'

const NEWEST = ['infinity', LAST_ID] as const

/** What the actor is told, newest first, as JSON text, with how many are unread. */
export async function readNotifications(
  { db }: Services,
  actor: Actor,
  { unread = false, cursor, limit = PAGE }: Static<typeof NotificationQuery>,
): Promise<string> {
  const filter = { unread, reader: actor.userId }
  const before = cursor ? decodeCursor(cursor, { sort: 'notified', filter, length: 2 }) : NEWEST
  const values = [...before, filterDigest(filter), limit]
  return (await db.textAs(actor, notificationPage(pageSize(limit), unread), values)) ?? ''
}

/** 404 `notification.not_found`, also for somebody else's; the second time changes nothing. */
export function readOne({ db }: Services, actor: Actor, notificationId: string): Promise<void> {
  return db.transaction(actor, async (tx) => {
    if (!(await markRead(tx, notificationId))) throw notFound('notification', notificationId)
  })
}

/** What came while the reader looked at the list stays unread. */
export function readUpTo({ db }: Services, actor: Actor, notificationId: string): Promise<void> {
  return db.transaction(actor, (tx) => markReadUpTo(tx, notificationId))
}
