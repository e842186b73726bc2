import { sql } from 'kysely'
import type { Database, Db } from '../db/index.ts'
import { auditingOf } from './auditing.ts'
import { HELD_TEXT } from './canonical.ts'
import { audit } from './index.ts'
import type { AuditMonth } from './seal-rows.ts'

export type Adoptable = AuditMonth & { readonly rows: number }

const BATCH = 2_000

/**
 * The id of the oldest row that is signed or that a seal covers: who unsigns rows moves it by nothing, their seals stay. Ids
 * ascend with time. Reads what is older once.
 */
export async function firstSigned(db: Db): Promise<string> {
  const { rows } = await sql<{ log_id: string }>`
    (SELECT log_id FROM audit_logs WHERE mac IS NOT NULL ORDER BY log_id LIMIT 1)
    UNION ALL
    (SELECT encode(substring(log_ids FROM 1 FOR 16), 'hex')::uuid FROM audit_seals WHERE row_count > 0 ORDER BY 1 LIMIT 1)
    ORDER BY log_id LIMIT 1`.execute(db)
  return rows[0]?.log_id ?? 'ffffffff-ffff-ffff-ffff-ffffffffffff'
}

/** The rows from before rows were signed, by class and month. */
export async function adoptableRows(db: Db, before: string): Promise<Adoptable[]> {
  const { rows } = await sql<Adoptable>`
    SELECT retention_class, to_char(timestamp AT TIME ZONE 'UTC', 'YYYY-MM-01') AS month, count(*)::int AS rows
    FROM audit_logs WHERE mac IS NULL AND log_id < ${before}::uuid GROUP BY 1, 2 ORDER BY 1, 2`.execute(db)
  return rows
}

/** Unsigned rows that are from later: nothing of ours wrote them, and nothing signs them. */
export async function countUnsignedLater(db: Db, first: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    SELECT count(*)::int AS n FROM audit_logs WHERE mac IS NULL AND log_id > ${first}::uuid`.execute(db)
  return rows[0]!.n
}

/**
 * Signs the rows of `found`, the newest first: after each batch its oldest is the first signed row, so that a run which was
 * cut short goes on where it was, and nothing that comes later is ever signed. Each run leaves a row that tells what it
 * signs. Answers how many.
 */
export async function adoptRows(
  { transaction }: Database,
  { before, found }: { before: string; found: readonly Adoptable[] },
  onBatch: (rows: number) => void,
): Promise<number> {
  let adopted = 0
  for (let first: string | undefined = before, isTold = false; first !== undefined; isTold = true) {
    const end: string = first
    const batch = await transaction(null, async (tx) => {
      if (!isTold) await tellAdoption(tx, found)
      return adoptBatch(tx, end)
    })
    adopted += batch.rows
    onBatch(batch.rows)
    first = batch.first
  }
  return adopted
}

function tellAdoption(tx: Db, found: readonly Adoptable[]): Promise<void> {
  const months = found.map((one) => [`${one.retention_class}_${one.month.slice(0, 7)}`, one.rows] as const)
  return audit(tx, {
    actor: null,
    action: 'audit.rows_adopted',
    entityType: 'audit_log',
    entityId: null,
    retentionClass: 'financial', // as long as the longest that it signs
    severity: 'warning',
    metadata: { rows: found.reduce((sum, { rows }) => sum + rows, 0), months: Object.fromEntries(months) },
  })
}

async function adoptBatch(tx: Db, before: string): Promise<{ rows: number; first: string | undefined }> {
  const { macs } = auditingOf(tx)
  const { rows } = await sql<{ log_id: string; retention_class: string; timestamp: string; text: string }>`
    SELECT a.log_id, a.retention_class, a.timestamp::text AS timestamp, ${sql.raw(HELD_TEXT)} AS text
    FROM audit_logs a WHERE a.mac IS NULL AND a.log_id < ${before}::uuid ORDER BY a.log_id DESC LIMIT ${BATCH}`.execute(
    tx,
  )
  const { numAffectedRows = 0n } = await sql`
    UPDATE audit_logs a SET mac = n.mac, xid = pg_current_xact_id()
    FROM unnest(${rows.map(({ log_id }) => log_id)}::uuid[], ${rows.map(({ timestamp }) => timestamp)}::timestamptz[],
      ${rows.map(({ retention_class }) => retention_class)}::text[],
      ${rows.map(({ text }) => macs.of(text))}::bytea[]) AS n(log_id, timestamp, class, mac)
    WHERE a.log_id = n.log_id AND a.timestamp = n.timestamp AND a.retention_class = n.class AND a.mac IS NULL`.execute(
    tx,
  )
  return { rows: Number(numAffectedRows), first: rows.at(-1)?.log_id }
}
