import { sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'
import { APART, PREFERENCES, type Preferences } from './preferences.ts'

export type Claimed = {
  readonly source_event: string
  readonly user_id: string
  readonly channel: string
  readonly notification_id: string
  readonly kind: string
  readonly digest_at: string | null
  readonly attempts: number
}

const CLAIMED = sql.raw(
  'd.source_event, d.user_id, d.channel, d.notification_id, d.kind, d.digest_at, d.attempts',
)

/**
 * Those of a channel that have waited longest, for as long as the lease: another process takes them up again when this one dies
 * meanwhile. Walks idx_notification_deliveries_due.
 */
export async function claimDue(
  db: Db,
  channel: string,
  size: number,
  leaseSeconds: number,
): Promise<Claimed[]> {
  const { rows } = await sql<Claimed>`
    UPDATE notification_deliveries d
    SET attempts = d.attempts + 1, due_at = now() + make_interval(secs => ${leaseSeconds}::int)
    FROM (
      SELECT source_event, user_id, channel FROM notification_deliveries
      WHERE status = 'waiting' AND channel = ${channel} AND due_at <= now() AND digest_at IS NULL
      ORDER BY due_at LIMIT ${size} FOR UPDATE SKIP LOCKED) due
    WHERE d.source_event = due.source_event AND d.user_id = due.user_id AND d.channel = due.channel
    RETURNING ${CLAIMED}`.execute(db)
  return rows
}

/** Whole digests of some people. One process claims at a time, or two would each take a part of one. */
export async function claimDigests(db: Db, size: number, leaseSeconds: number): Promise<Claimed[]> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended('claim of digests', 0))`.execute(db)
  const { rows } = await sql<Claimed>`
    UPDATE notification_deliveries d
    SET attempts = d.attempts + 1, due_at = now() + make_interval(secs => ${leaseSeconds}::int)
    FROM (
      SELECT DISTINCT user_id, digest_at FROM (
        SELECT user_id, digest_at FROM notification_deliveries
        WHERE status = 'waiting' AND channel = 'email' AND due_at <= now() AND digest_at IS NOT NULL
        ORDER BY due_at LIMIT ${size}) first) due
    WHERE d.user_id = due.user_id AND d.digest_at = due.digest_at AND d.status = 'waiting' AND d.due_at <= now()
    RETURNING ${CLAIMED}`.execute(db)
  return rows
}

/** Begins the lease of these anew, and answers which of them nobody else has taken or ended meanwhile. */
export async function renewClaims(
  db: Db,
  claimed: readonly Claimed[],
  leaseSeconds: number,
): Promise<Pick<Claimed, 'source_event' | 'user_id' | 'channel'>[]> {
  const { rows } = await sql<Pick<Claimed, 'source_event' | 'user_id' | 'channel'>>`
    UPDATE notification_deliveries d SET due_at = now() + make_interval(secs => ${leaseSeconds}::int)
    FROM json_to_recordset(${claimsOf(claimed)}::json) AS c(source_event uuid, user_id uuid, channel text, attempts int)
    WHERE d.source_event = c.source_event AND d.user_id = c.user_id AND d.channel = c.channel
      AND d.status = 'waiting' AND d.attempts = c.attempts
    RETURNING d.source_event, d.user_id, d.channel`.execute(db)
  return rows
}

/** For whoever looks next, as if they had not been claimed. */
export async function releaseClaims(db: Db, claimed: readonly Claimed[]): Promise<void> {
  if (claimed.length === 0) return
  await sql`
    UPDATE notification_deliveries d SET due_at = now(), attempts = d.attempts - 1
    FROM json_to_recordset(${claimsOf(claimed)}::json) AS c(source_event uuid, user_id uuid, channel text, attempts int)
    WHERE d.source_event = c.source_event AND d.user_id = c.user_id AND d.channel = c.channel
      AND d.status = 'waiting' AND d.attempts = c.attempts`.execute(db)
}

/** How often it was claimed tells a claim from a later one. */
function claimsOf(claimed: readonly Claimed[]): string {
  return JSON.stringify(
    claimed.map(({ source_event, user_id, channel, attempts }) => {
      return { source_event, user_id, channel, attempts }
    }),
  )
}

export type Addressee<T> = Preferences & {
  readonly source_event: string
  readonly user_id: string
  readonly channel: string
  /** As `notification_json` gives it; null: it is no more. */
  readonly stored: T | null
  readonly is_active: boolean
  readonly is_blocked: boolean
  readonly is_muted: boolean
  readonly email_when_away: boolean
  readonly language: string | null
  readonly address: string
  readonly phone_cipher: Buffer | null
}

/** What these say, and how the people stand whom they go to, at this moment. */
export async function addresseesOf<T>(db: Db, claimed: readonly Claimed[]): Promise<Addressee<T>[]> {
  const keys = claimed.map(({ source_event, user_id, channel, notification_id }) => {
    return { source_event, user_id, channel, notification_id }
  })
  const { rows } = await sql<Addressee<T>>`
    SELECT d.source_event, d.user_id, d.channel,
      CASE WHEN n.notification_id IS NOT NULL THEN notification_json(n) END AS stored, u.status = 'active' AS is_active,
      ${APART('d.user_id', 'n.actor_id', 'n.thread_key')}, ${PREFERENCES}, coalesce(s.email_when_away, false) AS email_when_away,
      s.language, u.email AS address, u.phone_cipher
    FROM json_to_recordset(${JSON.stringify(keys)}::json) AS d(source_event uuid, user_id uuid, channel text, notification_id uuid)
    JOIN users u ON u.user_id = d.user_id
    LEFT JOIN user_settings s ON s.user_id = d.user_id
    LEFT JOIN notifications n ON n.notification_id = d.notification_id AND n.created_at = uuid_v7_time(d.notification_id)`.execute(
    db,
  )
  return rows
}

export type Outcome = {
  readonly source_event: string
  readonly user_id: string
  readonly channel: string
  /** Of the claim that it ends. */
  readonly attempts: number
  readonly status: 'sent' | 'skipped' | 'failed' | 'dead' | 'waiting'
  readonly reason: string | null
  readonly error: string | null
  /** Of one that waits on. */
  readonly due_at: Date | null
  /** It was not tried: the claim does not count. */
  readonly untried: boolean
}

/** What became of them, unless somebody has decided otherwise or taken them over meanwhile; what was sent, was sent. */
export async function recordOutcomes(db: Db, outcomes: readonly Outcome[]): Promise<void> {
  await sql`
    UPDATE notification_deliveries d
    SET status = o.status, reason = o.reason, last_error = left(o.error, 60), due_at = o.due_at,
      attempts = d.attempts - CASE WHEN o.untried THEN 1 ELSE 0 END,
      accepted_at = CASE WHEN o.status = 'sent' THEN coalesce(d.accepted_at, now()) END
    FROM json_to_recordset(${JSON.stringify(outcomes)}::json) AS o(source_event uuid, user_id uuid, channel text, status text,
      attempts int, reason text, error text, due_at timestamptz, untried boolean)
    WHERE d.source_event = o.source_event AND d.user_id = o.user_id AND d.channel = o.channel
      AND (o.status = 'sent' OR (d.status = 'waiting' AND d.attempts = o.attempts))`.execute(db)
}

/** How long the one that has waited longest past its time has waited, in seconds. */
export async function oldestWaitingSeconds(db: Db): Promise<number> {
  const { rows } = await sql<{ age: number }>`
    SELECT coalesce(extract(epoch FROM now() - min(least(due_at, now()))), 0)::float8 AS age
    FROM notification_deliveries WHERE status = 'waiting' AND channel IN ('email', 'sms', 'push')`.execute(db)
  return rows[0]?.age ?? 0
}
