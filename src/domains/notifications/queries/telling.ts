import { sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'
import { APART, PREFERENCES, type Preferences } from './preferences.ts'

type Params = Readonly<Record<string, string | number | boolean | null>>

export type Pair = {
  readonly fact_id: string
  readonly user_id: string
  readonly actor_id: string | null
  readonly thread_key: string | null
}

export type Hearer = Preferences & {
  readonly fact_id: string
  readonly user_id: string
  readonly is_blocked: boolean
  readonly is_muted: boolean
}

/**
 * Who of these there is, whether they want to hear of it, and by which ways; in an order in which nobody waits for one who waits.
 */
export async function hearersOf(db: Db, pairs: readonly Pair[]): Promise<Hearer[]> {
  const { rows } = await sql<Hearer>`
    SELECT p.fact_id, p.user_id, ${APART('p.user_id', 'p.actor_id', 'p.thread_key')}, ${PREFERENCES}
    FROM json_to_recordset(${JSON.stringify(pairs)}::json) AS p(fact_id uuid, user_id uuid, actor_id uuid, thread_key text)
    JOIN users u ON u.user_id = p.user_id AND u.status = 'active'
    LEFT JOIN user_settings s ON s.user_id = p.user_id
    ORDER BY p.user_id, p.fact_id`.execute(db)
  return rows
}

export type NewTold = {
  readonly fact_id: string
  readonly user_id: string
  /** Why it is not told at all. */
  readonly reason: string | null
}

export type ToldFact = {
  readonly fact_id: string
  readonly kind: string
  readonly type: string
  readonly title: string
  readonly message: string
  readonly actor_id: string | null
  readonly reference_type: string | null
  readonly reference_id: string | null
  readonly params: Params
  readonly thread_key: string | null
}

/** A way out beside the list, for who is told at all. */
export type NewWay = {
  readonly fact_id: string
  readonly user_id: string
  readonly channel: string
  readonly status: 'waiting' | 'skipped'
  readonly reason: string | null
  readonly due_at: Date | null
  readonly digest_at: Date | null
}

/**
 * Writes into the lists of these people, once for each fact and person whoever else tries (R28): the delivery's row is first,
 * and who finds it there writes nothing. `facts` are their content, in `told` each person is named, in `ways` what else waits
 * to go out to them. Answers who got something, as often as they did.
 */
export async function tell(
  db: Db,
  facts: readonly ToldFact[],
  told: readonly NewTold[],
  ways: readonly NewWay[],
): Promise<string[]> {
  const { rows } = await sql<{ user_id: string }>`
    WITH fact AS MATERIALIZED (
      SELECT * FROM json_to_recordset(${JSON.stringify(facts)}::json) AS f(fact_id uuid, kind text, type text, title text,
        message text, actor_id uuid, reference_type text, reference_id uuid, params jsonb, thread_key text)),
    first AS (
      INSERT INTO notification_deliveries (source_event, user_id, channel, notification_id, kind, status, reason, accepted_at)
      SELECT t.fact_id, t.user_id, 'in_app', CASE WHEN t.reason IS NULL THEN uuid_v7() END, f.kind,
        CASE WHEN t.reason IS NULL THEN 'sent' ELSE 'skipped' END, t.reason, CASE WHEN t.reason IS NULL THEN now() END
      FROM json_to_recordset(${JSON.stringify(told)}::json) AS t(fact_id uuid, user_id uuid, reason text)
      JOIN fact f ON f.fact_id = t.fact_id
      ORDER BY t.user_id, t.fact_id
      ON CONFLICT DO NOTHING
      RETURNING source_event, user_id, notification_id),
    out AS (
      INSERT INTO notification_deliveries (source_event, user_id, channel, notification_id, kind, status, reason, due_at, digest_at)
      SELECT w.fact_id, w.user_id, w.channel, n.notification_id, f.kind, w.status, w.reason, w.due_at, w.digest_at
      FROM json_to_recordset(${JSON.stringify(ways)}::json) AS w(fact_id uuid, user_id uuid, channel text, status text,
        reason text, due_at timestamptz, digest_at timestamptz)
      JOIN first n ON n.source_event = w.fact_id AND n.user_id = w.user_id AND n.notification_id IS NOT NULL
      JOIN fact f ON f.fact_id = w.fact_id
      ON CONFLICT DO NOTHING),
    written AS (
      INSERT INTO notifications (notification_id, created_at, user_id, notification_type, title, message, reference_type,
        reference_id, actor_id, kind, params, thread_key, delivered, delivered_at)
      SELECT n.notification_id, uuid_v7_time(n.notification_id), n.user_id, f.type, f.title, f.message, f.reference_type,
        f.reference_id, f.actor_id, f.kind, f.params, f.thread_key, true, now()
      FROM first n JOIN fact f ON f.fact_id = n.source_event
      WHERE n.notification_id IS NOT NULL
      ORDER BY n.user_id, n.source_event
      RETURNING user_id)
    SELECT user_id FROM written`.execute(db)
  return rows.map(({ user_id }) => user_id)
}
