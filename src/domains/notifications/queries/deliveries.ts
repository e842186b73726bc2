import { sql } from 'kysely'
import { type Db, jsonPage, type PageSize, type Statement } from '../../../platform/db/index.ts'

const DELIVERY = `
  d.source_event, d.channel, d.kind, d.user_id, (SELECT p.card FROM people p WHERE p.user_id = d.user_id) AS person,
  d.status, d.reason, d.attempts, d.last_error, CASE WHEN isfinite(d.due_at) THEN d.due_at END AS due_at, d.accepted_at, d.created_at`
const KEY = ['created_at::text', 'source_event', 'user_id', 'channel']
const BEFORE =
  '(d.created_at, d.source_event, d.user_id, d.channel) < ($1::timestamptz, $2::uuid, $3::uuid, $4::text)'
const NEWEST = 'd.created_at DESC, d.source_event DESC, d.user_id DESC, d.channel DESC'

export type DeliveryFilter = 'user_id' | 'kind' | 'channel' | 'status' | 'source_event' | 'day'

const CONDITIONS: Readonly<Record<DeliveryFilter, (place: string) => string>> = {
  user_id: (place) => `d.user_id = ${place}::uuid`,
  kind: (place) => `d.kind = ${place}`,
  channel: (place) => `d.channel = ${place}`,
  status: (place) => `d.status = ${place}`,
  source_event: (place) => `d.source_event = ${place}::uuid`,
  day: (place) => `d.created_at >= (${place}::date)::timestamp AT TIME ZONE 'UTC'
        AND d.created_at < (${place}::date + 1)::timestamp AT TIME ZONE 'UTC'`,
}

/**
 * The log as JSON text, the newest first: who was told of what kind of thing, by which way, and why not; no words. $1 to $4: the
 * cursor; $5: digest; $6: how many to show; then the filters in the order of `filters`. Of a person by their index, of an event by
 * the primary key; else it walks a week, or a day, by idx_notification_deliveries_created.
 */
export function deliveryPage(size: PageSize, filters: readonly DeliveryFilter[]): Statement {
  const isNarrow = filters.some((one) => one === 'user_id' || one === 'source_event' || one === 'day')
  const wanted = filters.map((filter, n) => CONDITIONS[filter](`$${n + 7}`))
  if (!isNarrow) wanted.push(`d.created_at > now() - interval '7 days'`)
  return {
    name: `deliveries_${size}_${filters.join('_')}`.slice(0, 63),
    text: jsonPage({
      show: '$6::int',
      sort: 'created_at',
      key: KEY,
      digest: '$5',
      rows: `
        SELECT created_at, source_event, user_id, channel, row_to_json(page) AS item FROM (
          SELECT ${DELIVERY} FROM notification_deliveries d
          WHERE ${[BEFORE, ...wanted].join(' AND ')} ORDER BY ${NEWEST} LIMIT ${size + 1}) page
        ORDER BY created_at DESC, source_event DESC, user_id DESC, channel DESC`,
    }),
  }
}

const NONE = '00000000-0000-0000-0000-000000000000'

/**
 * What was given up as JSON text, the newest first: of each way, and facts of which nobody could be told (as `in_app`). The same
 * parameters; $7: a channel, or null. Walks idx_notification_deliveries_dead.
 */
export function deadLetterPage(size: PageSize): Statement {
  return {
    name: `dead_letters_${size}`,
    text: jsonPage({
      show: '$6::int',
      sort: 'created_at',
      key: KEY,
      digest: '$5',
      rows: `
        SELECT created_at, coalesce(source_event, '${NONE}') AS source_event, coalesce(user_id, '${NONE}') AS user_id, channel, row_to_json(page) AS item
        FROM (
          (SELECT ${DELIVERY} FROM notification_deliveries d
           WHERE d.status IN ('failed', 'dead') AND ${BEFORE} AND ($7::text IS NULL OR d.channel = $7::text)
           ORDER BY ${NEWEST} LIMIT ${size + 1})
          UNION ALL
          (SELECT f.fact_id, 'in_app', f.name, NULL, NULL, 'dead', NULL, f.attempts, f.last_error, NULL, NULL, f.created_at
           FROM given_up_facts($1::timestamptz, $2::uuid, ${size + 1}) f WHERE coalesce($7::text, 'in_app') = 'in_app')
          ORDER BY created_at DESC, source_event DESC, user_id DESC, channel DESC LIMIT ${size + 1}) page
        ORDER BY created_at DESC, source_event DESC, user_id DESC, channel DESC`,
    }),
  }
}

export type DeadReason = { readonly channel: string; readonly error: string | null; readonly count: number }

/** Of the newest 10,000 of each, how many ended with what. */
export async function deadReasons(db: Db): Promise<DeadReason[]> {
  const { rows } = await sql<DeadReason>`
    SELECT channel, error, count(*)::int AS count FROM (
      (SELECT channel, last_error AS error FROM notification_deliveries WHERE status IN ('failed', 'dead')
       ORDER BY created_at DESC LIMIT 10000)
      UNION ALL
      SELECT 'in_app', f.last_error FROM given_up_facts('infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 10000) f) dead
    GROUP BY channel, error ORDER BY count(*) DESC, channel, error LIMIT 50`.execute(db)
  return rows
}

export async function retryDeliveries(
  db: Db,
  {
    channel,
    source_event = null,
    user_id = null,
    error = null,
  }: { channel: string; source_event?: string | null; user_id?: string | null; error?: string | null },
  most: number,
): Promise<number> {
  const { rows } = await sql<{ again: number }>`
    SELECT retry_deliveries(${source_event}::uuid, ${user_id}::uuid, ${channel}::text, ${error}::text, ${most}::int) AS again`.execute(
    db,
  )
  return rows[0]!.again
}
