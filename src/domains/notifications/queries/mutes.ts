import { sql } from 'kysely'
import type { Db, Statement } from '../../../platform/db/index.ts'

/** The newest mutes of the actor's own, with the newest of each thread, as JSON text without its words. */
export const MUTED_THREADS: Statement = {
  name: 'notification_mutes',
  text: `
    SELECT json_build_object(
      'items', coalesce((
        SELECT json_agg(json_build_object('thread_key', m.thread_key, 'muted_at', m.muted_at, 'latest', (
          SELECT notification_json(n) FROM notifications n
          WHERE n.user_id = actor_id() AND n.thread_key = m.thread_key ORDER BY n.seq DESC LIMIT 1))
          ORDER BY m.muted_at DESC, m.thread_key)
        FROM (SELECT * FROM notification_mutes WHERE user_id = actor_id() ORDER BY muted_at DESC LIMIT 200) m), '[]'::json),
      'language', s.language, 'timezone', s.timezone)::text
    FROM (SELECT 1) one LEFT JOIN user_settings s ON s.user_id = actor_id()`,
}

/** False: the actor has as many as one may. The second time changes nothing. */
export async function muteThread(db: Db, threadKey: string, most: number): Promise<boolean> {
  const { rows } = await sql<{ is_full: boolean }>`
    SELECT count(*) >= ${most} AS is_full FROM notification_mutes
    WHERE user_id = actor_id() AND thread_key <> ${threadKey}`.execute(db)
  if (rows[0]?.is_full) return false
  await sql`
    INSERT INTO notification_mutes (user_id, thread_key) VALUES (actor_id(), ${threadKey}) ON CONFLICT DO NOTHING`.execute(
    db,
  )
  return true
}

export async function unmuteThread(db: Db, threadKey: string): Promise<void> {
  await sql`DELETE FROM notification_mutes WHERE user_id = actor_id() AND thread_key = ${threadKey}`.execute(
    db,
  )
}
