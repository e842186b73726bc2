import { sql } from 'kysely'
import type { Db } from '../db/index.ts'
import type { Seal } from './seal-head.ts'
import type { Verdict } from './verdict.ts'

export type AuditMonth = { readonly retention_class: string; readonly month: string }

/** Every month that has a partition, by class. */
export async function auditMonths(db: Db): Promise<AuditMonth[]> {
  const { rows } = await sql<AuditMonth>`SELECT retention_class, month FROM audit_months()`.execute(db)
  return rows
}

/** One sealer a class and month, until the transaction ends; false when another is at it. */
export async function holdChain(tx: Db, { retention_class, month }: AuditMonth): Promise<boolean> {
  const { rows } = await sql<{ mine: boolean }>`
    SELECT pg_try_advisory_xact_lock(hashtextextended(${`audit chain ${retention_class} ${month}`}, 0)) AS mine`.execute(
    tx,
  )
  return rows[0]?.mine === true
}

export type ChainEnd = Pick<Seal, 'number' | 'cluster' | 'to_xid' | 'head'>

/** The newest seal, the cluster that we are on, and whether its transaction numbers have fallen behind that seal's. */
export async function chainEnd(
  tx: Db,
  { retention_class, month }: AuditMonth,
): Promise<{ cluster: string; last: ChainEnd | undefined; isBehind: boolean }> {
  const { rows } = await sql<
    { here: string; is_behind: boolean | null } & { [K in keyof ChainEnd]: ChainEnd[K] | null }
  >`
    SELECT audit_cluster() AS here, s.number, s.cluster, s.to_xid::text AS to_xid, s.head,
      s.to_xid > pg_snapshot_xmin(pg_current_snapshot()) AS is_behind
    FROM (SELECT) one LEFT JOIN LATERAL (
      SELECT * FROM audit_seals WHERE retention_class = ${retention_class} AND month = ${month}::date
      ORDER BY number DESC LIMIT 1) s ON true`.execute(tx)
  const { here, is_behind, number, cluster, to_xid, head } = rows[0]!
  const last =
    number === null || cluster === null || to_xid === null || head === null
      ? undefined
      : { number, cluster, to_xid, head }
  return { cluster: here, last, isBehind: is_behind === true }
}

export type Unsealed = {
  readonly to_xid: string
  /** Of log_ids, those above to_xid. */
  readonly out_of_turn: Buffer
  readonly row_count: number
  readonly log_ids: Buffer
  readonly macs: Buffer
}

/**
 * The rows of transactions from `from` on that are all over: those below the oldest one that still runs (`xmin` of this
 * statement's own snapshot, so that nothing can slip in behind). At most about `most` rows, and whole transactions. What
 * the first seal of this cluster took out of turn is left out. Walks idx_audit_xid.
 */
export async function unsealedRows(
  tx: Db,
  { retention_class, month }: AuditMonth,
  { from, cluster, most }: { from: string; cluster: string; most: number },
): Promise<Unsealed> {
  const { rows } = await sql<Unsealed>`
    WITH opening AS MATERIALIZED (
      SELECT encode(substring(s.out_of_turn FROM n * 16 + 1 FOR 16), 'hex')::uuid AS log_id
      FROM (SELECT * FROM audit_seals WHERE retention_class = ${retention_class} AND month = ${month}::date
              AND cluster = ${cluster} AND from_xid = '0' ORDER BY number DESC LIMIT 1) s,
        generate_series(0, octet_length(s.out_of_turn) / 16 - 1) n
    ), below AS NOT MATERIALIZED (
      SELECT log_id, xid, mac FROM audit_logs
      WHERE retention_class = ${retention_class} AND timestamp >= ${month}::timestamptz
        AND timestamp < ${month}::timestamptz + interval '1 month'
        AND xid >= ${from}::xid8 AND xid < pg_snapshot_xmin(pg_current_snapshot())
    ), bound AS MATERIALIZED (
      SELECT coalesce(
        (SELECT xid FROM below WHERE xid > (SELECT xid FROM below ORDER BY xid OFFSET ${most} LIMIT 1) ORDER BY xid LIMIT 1),
        pg_snapshot_xmin(pg_current_snapshot())) AS xid
    )
    SELECT '\\x'::bytea AS out_of_turn, (SELECT xid::text FROM bound) AS to_xid, count(*) AS row_count,
      coalesce(string_agg(uuid_send(log_id), '' ORDER BY log_id), '') AS log_ids,
      coalesce(string_agg(mac, '' ORDER BY log_id), '') AS macs
    FROM below
    WHERE xid < (SELECT xid FROM bound) AND mac IS NOT NULL
      AND log_id NOT IN (SELECT log_id FROM opening)`.execute(tx)
  return rows[0]!
}

/**
 * Everything that no seal covers, whichever transaction wrote it: for the first seal on this cluster. Reads the month.
 */
export async function everUnsealedRows(
  tx: Db,
  { retention_class, month }: AuditMonth,
): Promise<Unsealed & { readonly is_empty: boolean }> {
  const { rows } = await sql<Unsealed & { readonly is_empty: boolean }>`
    WITH sealed AS MATERIALIZED (
      SELECT encode(substring(s.log_ids FROM n * 16 + 1 FOR 16), 'hex')::uuid AS log_id
      FROM audit_seals s, generate_series(0, s.row_count - 1) n
      WHERE s.retention_class = ${retention_class} AND s.month = ${month}::date
    )
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS to_xid, count(log_id) = 0 AS is_empty, count(*) FILTER (WHERE wanted) AS row_count,
      coalesce(string_agg(uuid_send(log_id), '' ORDER BY log_id) FILTER (WHERE wanted), '') AS log_ids,
      coalesce(string_agg(mac, '' ORDER BY log_id) FILTER (WHERE wanted), '') AS macs,
      coalesce(string_agg(uuid_send(log_id), '' ORDER BY log_id)
        FILTER (WHERE wanted AND xid >= pg_snapshot_xmin(pg_current_snapshot())), '') AS out_of_turn
    FROM (
      SELECT log_id, mac, xid, mac IS NOT NULL AND log_id NOT IN (SELECT log_id FROM sealed) AS wanted
      FROM audit_logs
      WHERE retention_class = ${retention_class} AND timestamp >= ${month}::timestamptz
        AND timestamp < ${month}::timestamptz + interval '1 month') every`.execute(tx)
  return rows[0]!
}

/** The primary key refuses a second seal of one number. */
export async function insertSeal(tx: Db, seal: Seal, outOfTurn: Buffer): Promise<void> {
  await sql`
    INSERT INTO audit_seals (retention_class, month, number, cluster, from_xid, to_xid, row_count, log_ids,
      out_of_turn, previous, head)
    VALUES (${seal.retention_class}, ${seal.month}::date, ${seal.number}, ${seal.cluster}, ${seal.from_xid}::xid8,
      ${seal.to_xid}::xid8, ${seal.row_count}, ${seal.log_ids}::bytea, ${outOfTurn}::bytea, ${seal.previous}::bytea, ${seal.head}::bytea)`.execute(
    tx,
  )
}

/** Seals without a copy outside, the oldest first. */
export async function unstoredSeals(db: Db, most: number): Promise<Seal[]> {
  const { rows } = await sql<Seal>`
    SELECT retention_class, month, number, cluster, from_xid::text, to_xid::text, row_count, log_ids, previous, head
    FROM audit_seals WHERE stored_at IS NULL ORDER BY sealed_at, retention_class, month, number LIMIT ${most}`.execute(
    db,
  )
  return rows
}

export async function markStored(db: Db, { retention_class, month, number }: Seal): Promise<void> {
  await sql`
    UPDATE audit_seals SET stored_at = now()
    WHERE retention_class = ${retention_class} AND month = ${month}::date AND number = ${number} AND stored_at IS NULL`.execute(
    db,
  )
}

/** Keeps what a check found, so that staff see how it stands. */
export async function insertCheck(db: Db, verdict: Verdict): Promise<void> {
  const { retention_class, month, rows, seals, problems, first } = verdict
  const told = first && [first.kind, first.logId ?? `seal ${first.seal}`].join(' ')
  await sql`
    INSERT INTO audit_checks (retention_class, month, row_count, seal_count, problem_count, first_problem)
    VALUES (${retention_class}, ${month}::date, ${rows}, ${seals}, ${problems}, ${told ?? null})`.execute(db)
}

/** Three years of checks, as long as security's rows. */
export async function deleteOldChecks(db: Db): Promise<void> {
  await sql`DELETE FROM audit_checks WHERE checked_at < now() - interval '3 years'`.execute(db)
}

/** 0 when everything is sealed. Looks at this month and the one before, above their last seals (idx_audit_xid). */
export async function oldestUnsealedSeconds(db: Db): Promise<number> {
  const { rows } = await sql<{ seconds: number }>`
    SELECT coalesce(extract(epoch FROM now() - min(a.timestamp)), 0)::int AS seconds
    FROM generate_series(date_trunc('month', now()) - interval '1 month', now(), '1 month') m
    CROSS JOIN unnest(ARRAY['general', 'security', 'financial']) c(class)
    JOIN audit_logs a ON a.retention_class = c.class AND a.timestamp >= m AND a.timestamp < m + interval '1 month'
      AND a.xid >= coalesce((SELECT to_xid FROM audit_seals l WHERE l.retention_class = c.class AND l.month = m::date
        ORDER BY l.number DESC LIMIT 1), '0'::xid8)`.execute(db)
  return rows[0]?.seconds ?? 0
}

/** Keys of months whose rows are gone go with them. */
export async function deleteOldMonthKeys(db: Db): Promise<void> {
  await sql`
    DELETE FROM audit_month_keys k
    WHERE NOT EXISTS (SELECT FROM audit_months() m WHERE m.retention_class = k.retention_class AND m.month = k.month)`.execute(
    db,
  )
}
