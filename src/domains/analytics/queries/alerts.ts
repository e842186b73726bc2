import { sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'

export const ALERT_KINDS = [
  'failed_sign_ins',
  'bulk_export',
  'money_volume',
  'role_change',
  'schema_change',
  'sms_budget',
] as const
export type AlertKind = (typeof ALERT_KINDS)[number]

/** `fact` tells one fact from another of its kind; `log_id`: the audit row that shows it. */
export type Finding = {
  readonly kind: AlertKind
  readonly fact: string
  readonly log_id: string | null
  readonly urgent: boolean
}

/**
 * What the audit of the last two days holds that should be looked at (§11.5): more than five refused sign-ins to one account
 * within an hour, exports of many people's data, changes of roles, changes of the schema, a budget for SMS that comes to its end. Walks idx_audit_action.
 */
export async function auditFindings(db: Db): Promise<Finding[]> {
  const { rows } = await sql<Finding>`
    WITH recent AS MATERIALIZED (
      SELECT log_id, timestamp, action, user_id, entity_id, metadata FROM audit_logs
      WHERE retention_class = 'security' AND timestamp > now() - interval '2 days' AND action = ANY (ARRAY[
        'identity.sign_in_refused', 'identity.audit_exported', 'identity.personal_data_read', 'identity.role_granted',
        'identity.role_revoked', 'identity.role_end_moved', 'platform.schema_migrated', 'platform.schema_changed_apart',
        'platform.sms_budget_reached'])
    )
    SELECT 'failed_sign_ins' AS kind, entity_id || ' ' || timestamp::date AS fact, min(log_id::text)::uuid AS log_id, true AS urgent
    FROM (
      SELECT r.*, count(*) OVER (PARTITION BY entity_id ORDER BY timestamp
        RANGE BETWEEN interval '1 hour' PRECEDING AND CURRENT ROW) AS tries
      FROM recent r WHERE action = 'identity.sign_in_refused' AND entity_id IS NOT NULL) refused
    WHERE tries > 5 GROUP BY entity_id, timestamp::date
    UNION ALL
    SELECT 'bulk_export', log_id::text, log_id, true FROM recent WHERE action = 'identity.audit_exported'
    UNION ALL
    SELECT 'bulk_export', user_id || ' ' || date_trunc('hour', timestamp), min(log_id::text)::uuid, true
    FROM recent WHERE action = 'identity.personal_data_read'
    GROUP BY user_id, date_trunc('hour', timestamp)
    HAVING sum(coalesce(jsonb_array_length(metadata -> 'user_ids'), 1)) > 500
    UNION ALL
    SELECT 'role_change', log_id::text, log_id, metadata ->> 'role' IN ('admin', 'super_admin')
    FROM recent WHERE action LIKE 'identity.role%'
    UNION ALL
    SELECT 'schema_change', log_id::text, log_id, action = 'platform.schema_changed_apart'
    FROM recent WHERE action LIKE 'platform.schema%'
    UNION ALL
    SELECT 'sms_budget', (metadata ->> 'month') || ' ' || (metadata ->> 'percent'), log_id, true
    FROM recent WHERE action = 'platform.sms_budget_reached'`.execute(db)
  return rows
}

/**
 * Currencies in which today, by UTC, moved more than three times what moved on the busiest of the thirty days before, in ten
 * payments or refunds at least; payments and refunds apart. What one currency does says nothing of another (R21).
 */
export async function moneyFindings(db: Db): Promise<Finding[]> {
  const { rows } = await sql<Finding>`
    WITH daily AS (
      SELECT currency, transaction_type = 'refund' AS refunded, (created_at AT TIME ZONE 'UTC')::date AS day,
        sum(amount) AS moved, count(*) AS n
      FROM transactions
      WHERE created_at >= date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' - interval '30 days'
        AND status IN ('success', 'refunded')
      GROUP BY 1, 2, 3
    ), today AS (SELECT * FROM daily WHERE day = (now() AT TIME ZONE 'UTC')::date)
    SELECT 'money_volume' AS kind, t.currency || ' ' || t.refunded || ' ' || t.day AS fact, NULL::uuid AS log_id, true AS urgent
    FROM today t
    WHERE t.n >= 10 AND t.moved > 3 * coalesce(
      (SELECT max(d.moved) FROM daily d WHERE d.currency = t.currency AND d.refunded = t.refunded AND d.day < t.day), 0)`.execute(
    db,
  )
  return rows
}

/** False for a fact that was told before: two who find it at once, one tells it. */
export async function raiseAlert(db: Db, { kind, fact, log_id }: Finding): Promise<boolean> {
  const { rows } = await sql<{ raised: boolean }>`
    INSERT INTO audit_alerts (alert_key, kind, log_id)
    VALUES (sha256(convert_to(${`${kind} ${fact}`}, 'UTF8')), ${kind}, ${log_id}::uuid)
    ON CONFLICT (alert_key) DO NOTHING RETURNING true AS raised`.execute(db)
  return rows.length > 0
}

export async function deleteOldAlerts(db: Db): Promise<void> {
  await sql`DELETE FROM audit_alerts WHERE raised_at < now() - interval '1 year'`.execute(db)
}

export type Watcher = {
  readonly user_id: string
  readonly email: string
  readonly email_verified: boolean
}

/** Who looks after the platform at this moment. */
export async function watchers(db: Db): Promise<Watcher[]> {
  const { rows } = await sql<Watcher>`
    SELECT DISTINCT u.user_id, u.email, coalesce(u.email_verified, false) AS email_verified
    FROM user_roles r JOIN users u USING (user_id)
    WHERE r.role_name IN ('admin', 'super_admin') AND r.valid_from <= now() AND r.revoked_at IS NULL
      AND (r.expires_at IS NULL OR r.expires_at > now()) AND u.status = 'active'`.execute(db)
  return rows
}
