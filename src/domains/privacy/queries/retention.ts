import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'

/** Every statement answers how many rows it took, at most `size`. */
export type Sweep = (db: Db, size: number) => Promise<number>
export type Count = (db: Db) => Promise<number>

const INACTIVE = sql`
  u.status = 'active' AND u.erased_at IS NULL AND coalesce(u.last_login, u.created_at) < now() - interval '24 months'
  AND NOT EXISTS (SELECT FROM sessions s WHERE s.user_id = u.user_id AND s.expires_at > now())
  AND NOT has_role(u.user_id, 'admin', 'super_admin')`

const TO_WARN = sql`FROM users u WHERE ${INACTIVE} AND NOT EXISTS (SELECT FROM inactivity_notices n WHERE n.user_id = u.user_id)`
const TO_CLOSE = sql`
  FROM users u JOIN inactivity_notices n USING (user_id) WHERE ${INACTIVE} AND n.warned_at < now() - interval '30 days'`
const DELETED = sql`
  FROM users u WHERE u.status = 'deleted' AND u.erased_at IS NULL AND u.deleted_at < now() - interval '30 days'
    AND NOT EXISTS (SELECT FROM erasures e WHERE e.user_id = u.user_id AND e.status IN ('waiting', 'purging'))`
const MESSAGES = sql`FROM messages WHERE created_at < now() - interval '12 months'`
const NOTIFICATIONS = sql`FROM notifications WHERE created_at < now() - interval '90 days'`
const DELIVERIES = sql`FROM notification_deliveries WHERE created_at < now() - interval '90 days'`
const PROGRAMS = sql`
  FROM programs p WHERE p.deleted_at < now() - interval '30 days'
    AND NOT EXISTS (SELECT FROM enrollments e WHERE e.program_id = p.program_id)
    AND NOT EXISTS (SELECT FROM certificates c WHERE c.program_id = p.program_id)
    AND NOT EXISTS (SELECT FROM program_reviews r WHERE r.program_id = p.program_id)
    AND NOT EXISTS (SELECT FROM partner_cohorts c WHERE c.program_id = p.program_id)`
const PARTNERS = sql`FROM partners p WHERE p.deleted_at < now() - interval '30 days'`
export type Person = { readonly user_id: string; readonly email: string }

const counting =
  (rows: RawBuilder<unknown>): Count =>
  async (db) => {
    const { rows: found } = await sql<{ n: number }>`SELECT count(*)::int AS n ${rows}`.execute(db)
    return found[0]!.n
  }

/** By physical place, so that no statement walks a table twice; rows that somebody holds wait for the next time. */
const deleting =
  (table: string, rows: RawBuilder<unknown>): Sweep =>
  async (db, size) => {
    const { numAffectedRows } = await sql`
      DELETE FROM ${sql.table(table)} d USING (SELECT tableoid, ctid ${rows} LIMIT ${size} FOR UPDATE SKIP LOCKED) gone
      WHERE d.ctid = gone.ctid AND d.tableoid = gone.tableoid`.execute(db)
    return Number(numAffectedRows ?? 0)
  }

export const countInactive = counting(TO_WARN)
export const countToClose = counting(TO_CLOSE)
export const countDeleted = counting(DELETED)
export const countOldMessages = counting(MESSAGES)
export const deleteOldMessages = deleting('messages', MESSAGES)
export const countOldNotifications = counting(NOTIFICATIONS)
export const deleteOldNotifications = deleting('notifications', NOTIFICATIONS)
export const countOldDeliveries = counting(DELIVERIES)
export const deleteOldDeliveries = deleting('notification_deliveries', DELIVERIES)
export const countGonePrograms = counting(PROGRAMS)
export const deleteGonePrograms = deleting('programs', PROGRAMS)
export const countGonePartners = counting(PARTNERS)
export const deleteGonePartners = deleting('partners', PARTNERS)
/** Marks whom to warn, in one go with the mail that follows; of two workers each has its own. */
export async function warnInactive(db: Db, size: number): Promise<Person[]> {
  const { rows } = await sql<Person>`
    WITH found AS (SELECT u.user_id, u.email ${TO_WARN} LIMIT ${size} FOR UPDATE OF u SKIP LOCKED),
    noted AS (INSERT INTO inactivity_notices (user_id) SELECT user_id FROM found ON CONFLICT DO NOTHING RETURNING user_id)
    SELECT user_id, email FROM found JOIN noted USING (user_id)`.execute(db)
  return rows
}

/** Who came back is warned anew another time. */
export async function forgetNotices(db: Db): Promise<void> {
  await sql`
    DELETE FROM inactivity_notices n USING users u
    WHERE u.user_id = n.user_id AND u.status = 'active' AND u.last_login > n.warned_at`.execute(db)
}

/** Accounts that stayed unused after the warning, held until the commit; of two workers each has its own. */
export async function holdUnused(db: Db, size: number): Promise<Person[]> {
  const { rows } = await sql<Person>`
    SELECT u.user_id, u.email ${TO_CLOSE} LIMIT ${size} FOR UPDATE OF u SKIP LOCKED`.execute(db)
  return rows
}

/** Erased in so many days, unless their people come back. */
export async function eraseLater(db: Db, people: readonly Person[], graceDays: number): Promise<void> {
  await sql`
    INSERT INTO erasures (user_id, public_writing, cancellable_until)
    SELECT person, 'stays', now() + make_interval(days => ${graceDays})
    FROM unnest(${people.map(({ user_id }) => user_id)}::uuid[]) person
    ON CONFLICT (user_id) WHERE status IN ('waiting', 'purging') DO NOTHING`.execute(db)
}

/** Accounts that were deleted without asking for erasure: their thirty days are over, and the purge takes them now. */
export async function eraseDeleted(db: Db, size: number): Promise<number> {
  const { numAffectedRows } = await sql`
    INSERT INTO erasures (user_id, public_writing, cancellable_until)
    SELECT u.user_id, 'stays', now() ${DELETED} LIMIT ${size}
    ON CONFLICT (user_id) WHERE status IN ('waiting', 'purging') DO NOTHING`.execute(db)
  return Number(numAffectedRows ?? 0)
}

/** Months whose time is over, of these tables. */
export const countExpiredMonths =
  (...parents: string[]): Count =>
  async (db) => {
    const { rows } = await sql<{ n: number }>`
      SELECT count(*)::int AS n FROM expired_partitions() WHERE parent = ANY (${parents}::text[])`.execute(db)
    return rows[0]!.n
  }

/** One a transaction. */
export const dropExpiredMonth =
  (...parents: string[]): Sweep =>
  async (db) => {
    const { rows } = await sql<{ child: string | null }>`
      SELECT drop_expired_partition(${parents}::text[]) AS child`.execute(db)
    return rows[0]?.child == null ? 0 : 1
  }

export async function beginRun(db: Db, rule: string, dryRun: boolean, found: number): Promise<string> {
  const { rows } = await sql<{ run_id: string }>`
    INSERT INTO retention_runs (rule, dry_run, found, finished_at)
    VALUES (${rule}, ${dryRun}, ${found}, CASE WHEN ${dryRun} THEN now() END) RETURNING run_id`.execute(db)
  return rows[0]!.run_id
}

/** After each batch, so that what a run that was broken off did is known. */
export async function noteProgress(db: Db, runId: string, done: number): Promise<void> {
  await sql`UPDATE retention_runs SET done = ${done} WHERE run_id = ${runId}`.execute(db)
}

export async function endRun(db: Db, runId: string): Promise<void> {
  await sql`UPDATE retention_runs SET finished_at = now() WHERE run_id = ${runId}`.execute(db)
}

export async function deleteOldRuns(db: Db): Promise<void> {
  await sql`DELETE FROM retention_runs WHERE started_at < now() - interval '12 months'`.execute(db)
}

/** What the last day's runs did in all, and for how long no run has come to its end, in seconds. */
export async function retentionState(db: Db): Promise<{ done: number; age: number }> {
  const { rows } = await sql<{ done: number; age: number }>`
    SELECT coalesce(sum(done) FILTER (WHERE started_at > now() - interval '1 day'), 0)::int AS done,
      extract(epoch FROM now() - max(finished_at))::float8 AS age
    FROM retention_runs WHERE NOT dry_run`.execute(db)
  return rows[0]!
}
