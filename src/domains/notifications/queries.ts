import { sql } from 'kysely'
import { type Db, jsonPage, type PageSize, type Statement } from '../../platform/db/index.ts'

/** No more is counted: who has so many unread does not mind how many more there are. */
const MOST_UNREAD = 100

/** From the cursor on, of one kind: walks idx_notifications_user backwards in each month, and stops after the page. */
function branch(isRead: boolean, size: PageSize): string {
  return `(
    SELECT n.* FROM notifications n
    WHERE n.user_id = actor_id() AND n.is_read = ${isRead} AND n.delivery_method = 'in_app'
      AND (n.created_at, n.notification_id) < ($1::timestamptz, $2::uuid)
      AND (n.expires_at IS NULL OR n.expires_at > now())
    ORDER BY n.created_at DESC, n.notification_id DESC LIMIT ${size + 1})`
}

/**
 * A page of what the actor is told as JSON text, newest first, with how many are unread. $1, $2: the cursor's created_at and
 * notification_id; $3: the filter's digest; $4: how many to show. Read and unread ones are walked apart, since the index
 * tells them apart before it tells the time.
 */
export function notificationPage(size: PageSize, onlyUnread: boolean): Statement {
  const found = [branch(false, size), ...(onlyUnread ? [] : [branch(true, size)])].join(' UNION ALL ')
  const text = jsonPage({
    show: '$4::int',
    sort: 'notified',
    key: ['created_at::text', 'notification_id'],
    digest: '$3',
    rows: `
      SELECT n.created_at, n.notification_id, json_build_object(
        'notification_id', n.notification_id, 'type', n.notification_type, 'title', n.title, 'message', n.message,
        'action_url', n.action_url, 'reference_type', n.reference_type, 'reference_id', n.reference_id,
        'actor', (SELECT p.card FROM people p WHERE p.user_id = n.actor_id),
        'is_read', n.is_read, 'created_at', n.created_at) AS item
      FROM (SELECT * FROM (${found}) both_kinds ORDER BY created_at DESC, notification_id DESC LIMIT ${size + 1}) n
      ORDER BY n.created_at DESC, n.notification_id DESC`,
  })
  return {
    name: `notifications${onlyUnread ? '_unread' : ''}_${size}`,
    text: `
      SELECT json_build_object('items', page->'items', 'next_cursor', page->'next_cursor', 'unread_count', (
        SELECT count(*) FROM (
          SELECT FROM notifications n
          WHERE n.user_id = actor_id() AND n.is_read = false AND n.delivery_method = 'in_app'
            AND (n.expires_at IS NULL OR n.expires_at > now())
          LIMIT ${MOST_UNREAD}) unread))::text
      FROM (SELECT page::json FROM (${text}) written) read`,
  }
}

/** One's own. False: there is none of this id. The id tells the month (R10), so that one partition is looked into. */
export async function markRead(db: Db, notificationId: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    UPDATE notifications SET is_read = true, read_at = coalesce(read_at, now())
    WHERE notification_id = ${notificationId}::uuid AND created_at = uuid_v7_time(${notificationId}::uuid)
      AND user_id = actor_id()`.execute(db)
  return Number(numAffectedRows ?? 0) > 0
}

/** All of one's own up to this one, by the time in its id. */
export async function markReadUpTo(db: Db, notificationId: string): Promise<void> {
  await sql`
    UPDATE notifications SET is_read = true, read_at = now()
    WHERE user_id = actor_id() AND is_read = false
      AND (created_at, notification_id) <= (uuid_v7_time(${notificationId}::uuid), ${notificationId}::uuid)`.execute(
    db,
  )
}

export type NewNotification = {
  readonly userId: string
  readonly type: string
  readonly title: string
  readonly message: string
  /** A path of the web application. */
  readonly actionUrl: string
  readonly reference: { readonly type: string; readonly id: string } | null
}

/** The month is the id's own time (R10). */
export async function insertNotification(db: Db, notification: NewNotification): Promise<void> {
  const { userId, type, title, message, actionUrl, reference } = notification
  await sql`
    WITH new AS MATERIALIZED (SELECT uuid_v7() AS id)
    INSERT INTO notifications (notification_id, created_at, user_id, notification_type, title, message, action_url,
      reference_type, reference_id, delivered, delivered_at)
    SELECT id, uuid_v7_time(id), ${userId}::uuid, ${type}, ${title}, ${message}, ${actionUrl}, ${reference?.type ?? null},
      ${reference?.id ?? null}::uuid, true, now()
    FROM new`.execute(db)
}
