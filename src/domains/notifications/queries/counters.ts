import { sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'

/** Whose counter does not say what there is; one statement sees both as they were at one moment. Reads every notification. */
export async function driftedCounters(db: Db, most: number): Promise<string[]> {
  const { rows } = await sql<{ user_id: string }>`
    SELECT c.user_id FROM notification_counters c
    LEFT JOIN (
      SELECT user_id, count(*) FILTER (WHERE is_read IS NOT TRUE AND archived_at IS NULL) AS unread, max(seq) AS seq
      FROM notifications GROUP BY user_id) n ON n.user_id = c.user_id
    WHERE c.unread <> coalesce(n.unread, 0) OR c.seq < n.seq
    LIMIT ${most}`.execute(db)
  return rows.map(({ user_id }) => user_id)
}

/** Sets it right. Nobody numbers or counts for this person meanwhile; what is under way is added when it commits. */
export async function recount(db: Db, userId: string): Promise<void> {
  await sql`SELECT FROM notification_counters WHERE user_id = ${userId} FOR UPDATE`.execute(db)
  await sql`
    UPDATE notification_counters c SET unread = n.unread, seq = greatest(c.seq, n.seq)
    FROM (SELECT count(*) FILTER (WHERE is_read IS NOT TRUE AND archived_at IS NULL) AS unread, coalesce(max(seq), 0) AS seq
          FROM notifications WHERE user_id = ${userId}) n
    WHERE c.user_id = ${userId}`.execute(db)
}
