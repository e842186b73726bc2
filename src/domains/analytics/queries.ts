import { CompiledQuery, sql } from 'kysely'
import { type Db, jsonPage, type PageSize, type Statement } from '../../platform/db/index.ts'

const NET = `sum(CASE WHEN t.transaction_type = 'refund' THEN -t.amount ELSE t.amount END)`

/**
 * What came in, per currency (R21), as [{amount_minor, currency}]: successful payments less refunds. A refund is a
 * transaction of its own with a positive amount; a payment whose status is `refunded` was given back whole, and counts
 * on neither side. `which` chooses rows of transactions t.
 */
const revenue = (which: string) => `
  SELECT coalesce(json_agg(money_json(sums.amount, sums.currency) ORDER BY sums.currency), '[]'::json)
  FROM (
    SELECT t.currency, ${NET} AS amount
    FROM transactions t
    WHERE t.status = 'success' AND ${which}
    GROUP BY t.currency
  ) sums`

/**
 * A1 (§4.3; R30, since the specification's join counts a person once a transaction). Three index scans:
 * idx_users_created_at, idx_users_last_login, idx_transactions_success.
 */
const METRICS_NOW = `
  SELECT now() AS computed_at,
    (SELECT count(*)::int FROM users u WHERE u.created_at >= now() - interval '30 days') AS new_users_30d,
    (SELECT count(*)::int FROM users u WHERE u.last_login >= now() - interval '7 days') AS active_users_7d,
    (${revenue(`t.created_at >= now() - interval '1 month'`)}) AS revenue_monthly`

/**
 * A2 (§4.3; R5: ratings are program_reviews'; R21: revenue per currency). Each table is grouped by itself before the
 * join, so that no enrolment counts twice. Revenue walks idx_transactions_reference, once a program.
 */
const REPORTS_NOW = `
  SELECT p.program_id, now() AS computed_at, coalesce(e.people, 0)::int AS enrollment_count,
    e.completion_rate::numeric(5,4) AS completion_rate, r.rating::numeric(3,2) AS average_rating,
    (${revenue(`t.reference_type = 'program' AND t.reference_id = p.program_id`)}) AS revenue
  FROM programs p
  LEFT JOIN (
    SELECT program_id, count(DISTINCT user_id) AS people, avg((status = 'completed')::int) AS completion_rate
    FROM enrollments GROUP BY program_id
  ) e USING (program_id)
  LEFT JOIN (
    SELECT program_id, avg(rating) AS rating FROM program_reviews WHERE status = 'published' GROUP BY program_id
  ) r USING (program_id)
  WHERE p.deleted_at IS NULL`

/** A1, kept. The snapshots of a year are 8,760 short rows. */
export async function snapshotPlatformMetrics(db: Db): Promise<void> {
  await sql`
    INSERT INTO platform_metrics (computed_at, new_users_30d, active_users_7d, revenue_monthly)
    ${sql.raw(METRICS_NOW)}
    ON CONFLICT (computed_at) DO NOTHING`.execute(db)
}

/** A2, kept: one row a program. */
export async function replaceProgramReports(db: Db): Promise<void> {
  await sql`
    INSERT INTO program_reports (program_id, computed_at, enrollment_count, completion_rate, average_rating, revenue)
    ${sql.raw(REPORTS_NOW)}
    ON CONFLICT (program_id) DO UPDATE SET
      computed_at = excluded.computed_at, enrollment_count = excluded.enrollment_count,
      completion_rate = excluded.completion_rate, average_rating = excluded.average_rating,
      revenue = excluded.revenue`.execute(db)
  await sql`
    DELETE FROM program_reports r USING programs p
    WHERE p.program_id = r.program_id AND p.deleted_at IS NOT NULL`.execute(db)
}

/** The latest snapshot of A1 as JSON text; null before the first. */
export const LATEST_METRICS: Statement = {
  name: 'platform_metrics',
  text: 'SELECT row_to_json(m)::text FROM platform_metrics m ORDER BY computed_at DESC LIMIT 1',
}

/**
 * Who came and what came in, day by day (UTC) until today, as JSON text; days without either too. $1: how many days. Two index
 * scans: idx_users_created_at, idx_transactions_success.
 */
export const DAILY_METRICS: Statement = {
  name: 'daily_metrics',
  text: `
    WITH span AS (SELECT date_trunc('day', now(), 'UTC') - ($1::int - 1) * interval '1 day' AS first)
    SELECT json_build_object('items', json_agg(item ORDER BY item.day))::text
    FROM (
      SELECT d.day, coalesce(u.people, 0)::int AS new_users, coalesce(r.revenue, '[]'::json) AS revenue
      FROM span CROSS JOIN LATERAL (
        SELECT (first AT TIME ZONE 'UTC')::date + n AS day FROM generate_series(0, $1::int - 1) n
      ) d
      LEFT JOIN (
        SELECT (created_at AT TIME ZONE 'UTC')::date AS day, count(*) AS people
        FROM users WHERE created_at >= (SELECT first FROM span) GROUP BY 1
      ) u USING (day)
      LEFT JOIN (
        SELECT day, json_agg(money_json(amount, currency) ORDER BY currency) AS revenue
        FROM (
          SELECT (t.created_at AT TIME ZONE 'UTC')::date AS day, t.currency, ${NET} AS amount
          FROM transactions t WHERE t.status = 'success' AND t.created_at >= (SELECT first FROM span)
          GROUP BY 1, 2
        ) sums GROUP BY day
      ) r USING (day)
    ) item`,
}

/** A1 of this moment, for a staff actor. */
export function metricsNow(db: Db): Promise<string | null> {
  return firstText(db, `SELECT row_to_json(m)::text FROM (${METRICS_NOW}) m`, [])
}

/** A page of A2 as it was last computed; null without rows. */
export function reportPage(size: PageSize): Statement {
  return { name: `program_report_${size}`, text: pageOf('program_reports', size) }
}

/** The same page of this moment's figures, for a staff actor. */
export function reportPageNow(db: Db, size: PageSize, values: readonly unknown[]): Promise<string | null> {
  return firstText(db, pageOf(`(${REPORTS_NOW})`, size), values)
}

/**
 * $1, $2: the cursor's enrollment_count and program_id; $3: the filter's digest; $4: limit. Walks
 * idx_program_reports_size. No row, and so null, where there is no program to show.
 */
function pageOf(source: string, size: PageSize): string {
  const page = jsonPage({
    show: '$4::int',
    sort: 'enrollment_count',
    key: ['enrollment_count::text', 'program_id'],
    digest: '$3',
    rows: `
      SELECT enrollment_count, program_id, row_to_json(page) AS item
      FROM (
        SELECT r.program_id, p.title, p.slug, p.status, r.enrollment_count, r.completion_rate, r.average_rating,
               r.revenue, r.computed_at
        FROM ${source} r JOIN programs p USING (program_id)
        WHERE (r.enrollment_count, r.program_id) < ($1::int, $2::uuid)
        ORDER BY r.enrollment_count DESC, r.program_id DESC
        LIMIT ${size + 1}
      ) page`,
  })
  return `${page} HAVING count(*) > 0`
}

async function firstText(db: Db, text: string, values: readonly unknown[]): Promise<string | null> {
  const { rows } = await db.executeQuery<Record<string, string>>(CompiledQuery.raw(text, [...values]))
  return Object.values(rows[0] ?? {})[0] ?? null
}
