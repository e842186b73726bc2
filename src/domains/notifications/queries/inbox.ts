import { sql } from 'kysely'
import { type Db, jsonPage, type PageSize, type Statement } from '../../../platform/db/index.ts'

export type ListKind = 'all' | 'unread' | 'archived'

const KINDS: Readonly<Record<ListKind, string>> = {
  all: 'n.archived_at IS NULL',
  unread: 'n.archived_at IS NULL AND n.is_read = false',
  archived: 'n.archived_at IS NOT NULL',
}

/** Only the newest of each thread: no newer one of the same kind of list is in it. By idx_notifications_thread. */
const newestOfThread = (kind: ListKind) => `
      AND (n.thread_key IS NULL OR NOT EXISTS (
        SELECT FROM notifications newer
        WHERE newer.user_id = actor_id() AND newer.thread_key = n.thread_key AND newer.seq > n.seq
          AND ${KINDS[kind].replaceAll('n.', 'newer.')}))`

const THREAD = (kind: ListKind) => `
  CASE WHEN n.thread_key IS NOT NULL THEN (
    SELECT json_build_object('count', count(*), 'unread', count(*) FILTER (WHERE t.is_read = false),
      'people', count(DISTINCT t.actor_id))
    FROM (SELECT t.is_read, t.actor_id FROM notifications t
          WHERE t.user_id = actor_id() AND t.thread_key = n.thread_key AND ${KINDS[kind].replaceAll('n.', 't.')}
          ORDER BY t.seq DESC LIMIT 100) t) END`

/**
 * A page of what the actor is told as JSON text, newest first and without its words, with how many are unread and in which
 * language to say it. $1: the cursor's seq; $2: the filter's digest; $3: how many to show; $4: the thread, where it is of one. Walks idx_notifications_user
 * (idx_notifications_unread) backwards in each month, and stops after the page. The month of an old cursor is not known.
 */
export function notificationPage(
  size: PageSize,
  { kind, grouped, ofThread }: { kind: ListKind; grouped: boolean; ofThread: boolean },
): Statement {
  const text = jsonPage({
    show: '$3::int',
    sort: 'notified',
    key: ['seq::text'],
    digest: '$2',
    rows: `
      SELECT n.seq, (notification_json(n)::jsonb || jsonb_build_object('thread', ${grouped ? THREAD(kind) : 'NULL'}))::json AS item
      FROM (
        SELECT n.* FROM notifications n
        WHERE n.user_id = actor_id() AND ${KINDS[kind]} AND n.seq < $1::bigint
          AND (n.expires_at IS NULL OR n.expires_at > now()) ${grouped ? newestOfThread(kind) : ''}
          ${ofThread ? 'AND n.thread_key = $4' : ''}
        ORDER BY n.seq DESC LIMIT ${size + 1}) n
      ORDER BY n.seq DESC`,
  })
  return {
    name: `notifications_${kind}${grouped ? '_grouped' : ''}${ofThread ? '_thread' : ''}_${size}`,
    text: `
      SELECT json_build_object('items', page->'items', 'next_cursor', page->'next_cursor',
        'unread_count', coalesce((SELECT unread FROM notification_counters WHERE user_id = actor_id()), 0),
        'language', s.language, 'timezone', s.timezone)::text
      FROM (SELECT page::json FROM (${text}) written) read
      LEFT JOIN user_settings s ON s.user_id = actor_id()`,
  }
}

/** How many the actor has not read, as text. One look-up. */
export const UNREAD_COUNT: Statement = {
  name: 'notifications_unread_count',
  text: `SELECT coalesce((SELECT unread FROM notification_counters WHERE user_id = actor_id()), 0)::text`,
}

/** Two changes of one person's come one after the other, in whatever order they meet the rows. */
export async function holdCounter(db: Db): Promise<void> {
  await sql`SELECT hold_notifications()`.execute(db)
}

export type Change = 'read' | 'unread' | 'archived' | 'inbox'

const CHANGES: Readonly<Record<Change, ReturnType<typeof sql>>> = {
  read: sql`is_read = true, read_at = coalesce(read_at, now())`,
  unread: sql`is_read = false, read_at = NULL`,
  archived: sql`archived_at = coalesce(archived_at, now())`,
  inbox: sql`archived_at = NULL`,
}

/** One's own. False: there is none of this id. The id tells the month (R10), so that one partition is looked into. */
export async function changeOne(db: Db, notificationId: string, change: Change): Promise<boolean> {
  const { numAffectedRows } = await sql`
    UPDATE notifications SET ${CHANGES[change]}
    WHERE notification_id = ${notificationId}::uuid AND created_at = uuid_v7_time(${notificationId}::uuid)
      AND user_id = actor_id()`.execute(db)
  return Number(numAffectedRows ?? 0) > 0
}

/** Takes one back, with all of its thread that was put aside in the same act. False: there is none of this id. */
export async function takeBack(db: Db, notificationId: string): Promise<boolean> {
  const { rows } = await sql<{ thread_key: string | null; moment: string | null }>`
    SELECT thread_key, archived_at::text AS moment FROM notifications
    WHERE notification_id = ${notificationId}::uuid AND created_at = uuid_v7_time(${notificationId}::uuid)
      AND user_id = actor_id()`.execute(db)
  const found = rows[0]
  if (!found) return false
  const { thread_key, moment } = found
  if (thread_key === null || moment === null) return changeOne(db, notificationId, 'inbox')
  await sql`
    UPDATE notifications SET ${CHANGES.inbox}
    WHERE user_id = actor_id() AND thread_key = ${thread_key} AND archived_at = ${moment}::timestamptz`.execute(
    db,
  )
  return true
}

const NOT_YET: Readonly<Record<'read' | 'archived', ReturnType<typeof sql>>> = {
  read: sql`is_read = false AND archived_at IS NULL`,
  archived: sql`archived_at IS NULL`,
}

/** All of one's own up to this one, of one thread where it is named. Undefined: there is no such one. */
export async function changeUpTo(
  db: Db,
  { upTo, thread }: { readonly upTo: string; readonly thread: string | null },
  change: 'read' | 'archived',
): Promise<boolean> {
  const { rows } = await sql<{ seq: string }>`
    SELECT seq FROM notifications
    WHERE notification_id = ${upTo}::uuid AND created_at = uuid_v7_time(${upTo}::uuid) AND user_id = actor_id()`.execute(
    db,
  )
  const seq = rows[0]?.seq
  if (seq === undefined) return false
  await sql`
    UPDATE notifications SET ${CHANGES[change]}
    WHERE user_id = actor_id() AND seq <= ${seq}::bigint AND ${NOT_YET[change]}
      AND (${thread}::text IS NULL OR thread_key = ${thread}::text)`.execute(db)
  return true
}
