import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'
import { type Card, cardOf } from './cards.ts'

export type AuditFilter = {
  readonly action?: string | undefined
  readonly retention_class?: string | undefined
  readonly severity?: string | undefined
  readonly actor_id?: string | undefined
  readonly entity_type?: string | undefined
  readonly entity_id?: string | undefined
  readonly request_id?: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
}

type RetentionClass = 'general' | 'security' | 'financial'
type Severity = 'debug' | 'info' | 'warning' | 'error' | 'critical'

export type AuditFound = {
  log_id: string
  timestamp: string
  retention_class: RetentionClass
  severity: Severity | null
  action: string
  entity_type: string | null
  entity_id: string | null
  user_id: string | null
  impersonating_user_id: string | null
  request_id: string | null
  changes: unknown
  metadata: unknown
}

/** With who did it, and who acted as who did it. */
export type AuditShown = AuditFound & { actor: Card | null; impersonator: Card | null }

export type AuditEntryFound = AuditShown & { origin_cipher: Buffer | null; sealed_at: string | null }

type Place = { readonly before: readonly [time: string, id: string]; readonly show: number }

const COLUMNS = sql.raw(
  `a.log_id, a.timestamp, a.retention_class, a.severity, a.action, a.entity_type, a.entity_id, a.user_id, a.impersonating_user_id,
   a.request_id, a.changes, a.metadata`,
)
const PEOPLE = sql`${cardOf('a.user_id')} AS actor, ${cardOf('a.impersonating_user_id')} AS impersonator`

/**
 * The newest first, from a place on. Each month gives its newest in the order of its index (idx_audit_timestamp, or that
 * of the action, the actor or the thing), and they are merged: a page costs a page, and a span of time leaves out months.
 */
export async function auditRows(db: Db, filter: AuditFilter, { before, show }: Place): Promise<AuditFound[]> {
  const { rows } = await sql<AuditFound>`
    SELECT ${COLUMNS} FROM audit_logs a
    WHERE ${matching(filter)} AND (a.timestamp, a.log_id) < (${before[0]}::timestamptz, ${before[1]}::uuid)
    ORDER BY a.timestamp DESC, a.log_id DESC LIMIT ${show}`.execute(db)
  return rows
}

/** The same for a page, with the people whom the rows name. */
export async function auditPage(db: Db, filter: AuditFilter, { before, show }: Place): Promise<AuditShown[]> {
  const { rows } = await sql<AuditShown>`
    SELECT a.*, ${PEOPLE} FROM (
      SELECT ${COLUMNS} FROM audit_logs a
      WHERE ${matching(filter)} AND (a.timestamp, a.log_id) < (${before[0]}::timestamptz, ${before[1]}::uuid)
      ORDER BY a.timestamp DESC, a.log_id DESC LIMIT ${show}) a
    ORDER BY a.timestamp DESC, a.log_id DESC`.execute(db)
  return rows
}

function matching(filter: AuditFilter): RawBuilder<unknown> {
  const { action, retention_class, severity, actor_id, entity_type, entity_id, request_id, from, to } = filter
  const conditions = [
    action !== undefined && sql`a.action = ${action}`,
    retention_class !== undefined && sql`a.retention_class = ${retention_class}`,
    severity !== undefined && sql`a.severity = ${severity}`,
    actor_id !== undefined &&
      sql`(a.user_id = ${actor_id}::uuid OR a.impersonating_user_id = ${actor_id}::uuid)`,
    entity_type !== undefined && sql`a.entity_type = ${entity_type}`,
    entity_id !== undefined && sql`a.entity_id = ${entity_id}::uuid`,
    request_id !== undefined && sql`a.request_id = ${request_id}::uuid`,
    from !== undefined && sql`a.timestamp >= ${from}::timestamptz`,
    to !== undefined && sql`a.timestamp < ${to}::timestamptz`,
  ].filter((condition) => condition !== false)
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` AND `)
}

/** One row, found in its month by the time in its id. */
export async function auditEntry(db: Db, logId: string): Promise<AuditEntryFound | undefined> {
  const { rows } = await sql<AuditEntryFound>`
    SELECT ${COLUMNS}, ${PEOPLE}, a.origin_cipher,
      (SELECT min(s.sealed_at) FROM audit_seals s
       WHERE s.retention_class = a.retention_class AND s.month = date_trunc('month', a.timestamp)::date
         AND s.to_xid > a.xid AND s.from_xid <= a.xid) AS sealed_at
    FROM audit_logs a WHERE a.log_id = ${logId}::uuid AND a.timestamp = uuid_v7_time(${logId}::uuid)`.execute(
    db,
  )
  return rows[0]
}

export type Integrity = {
  retention_class: RetentionClass
  last_sealed_at: string | null
  seals: number
  sealed_rows: number
  waiting_rows: number
  lag_seconds: number
  without_copy: number
  checked_at: string | null
  checked_rows: number
  problems: number
  first_problem: string | null
}

/** How the chains stand: what waits is counted in this month and the one before, above the last seal (idx_audit_xid). */
export async function auditIntegrity(db: Db): Promise<Integrity[]> {
  const { rows } = await sql<Integrity>`
    SELECT c.retention_class, s.last_sealed_at, coalesce(s.seals, 0)::int AS seals, coalesce(s.sealed_rows, 0)::int AS sealed_rows,
      coalesce(w.waiting, 0)::int AS waiting_rows, coalesce(extract(epoch FROM now() - w.oldest), 0)::int AS lag_seconds,
      coalesce(s.without_copy, 0)::int AS without_copy, k.checked_at, coalesce(k.checked_rows, 0)::int AS checked_rows,
      coalesce(k.problems, 0)::int AS problems, k.first_problem
    FROM unnest(ARRAY['general', 'security', 'financial']) c(retention_class)
    LEFT JOIN LATERAL (
      SELECT max(sealed_at) AS last_sealed_at, count(*) AS seals, sum(row_count) AS sealed_rows,
        count(*) FILTER (WHERE stored_at IS NULL) AS without_copy
      FROM audit_seals s WHERE s.retention_class = c.retention_class) s ON true
    LEFT JOIN LATERAL (
      SELECT count(*) AS waiting, min(a.timestamp) AS oldest
      FROM generate_series(date_trunc('month', now()) - interval '1 month', now(), '1 month') m
      JOIN audit_logs a ON a.retention_class = c.retention_class AND a.timestamp >= m AND a.timestamp < m + interval '1 month'
        AND a.xid >= coalesce((SELECT to_xid FROM audit_seals l WHERE l.retention_class = c.retention_class AND l.month = m::date
          ORDER BY l.number DESC LIMIT 1), '0'::xid8)) w ON true
    LEFT JOIN LATERAL (
      SELECT max(checked_at) AS checked_at, sum(row_count) AS checked_rows, sum(problem_count) AS problems,
        min(first_problem) AS first_problem
      FROM (SELECT DISTINCT ON (month) * FROM audit_checks k WHERE k.retention_class = c.retention_class
            ORDER BY month, checked_at DESC) newest) k ON true`.execute(db)
  return rows
}
