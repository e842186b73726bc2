import type { AuditParts } from './audit.ts'
import type { OpsContext } from './index.ts'
import { showProgress } from './progress.ts'

const BATCH = 2_000

/**
 * Signs rows that the application did not write itself: those from before rows were signed, and generated ones. From then
 * on they are sealed as all others. What was done to them before shows nowhere; so it is said once, by an operator.
 */
export async function adoptRows({ yes, print }: OpsContext, { client, macs }: AuditParts): Promise<void> {
  const { rows } = await client.query<{ n: number }>(
    'SELECT count(*)::int AS n FROM audit_logs WHERE mac IS NULL',
  )
  const waiting = rows[0]!.n
  if (waiting === 0) return print('nothing to do: every row is signed')
  if (!yes) return print(`${waiting} rows are not signed; nothing was changed, add --yes to sign them`)
  const progress = showProgress({ work: waiting, unit: 'rows' })
  progress.phase('signing')
  let after = '00000000-0000-0000-0000-000000000000'
  for (;;) {
    const { rows } = await client.query<{
      log_id: string
      text: string
      retention_class: string
      timestamp: string
    }>(
      `SELECT log_id, retention_class, timestamp::text AS timestamp, audit_text(a) AS text FROM audit_logs a
       WHERE mac IS NULL AND log_id > $1 ORDER BY log_id LIMIT ${BATCH}`,
      [after],
    )
    if (rows.length === 0) break
    await client.query(
      `UPDATE audit_logs a SET mac = n.mac, xid = pg_current_xact_id()
       FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::bytea[]) AS n(log_id, timestamp, class, mac)
       WHERE a.log_id = n.log_id AND a.timestamp = n.timestamp AND a.retention_class = n.class AND a.mac IS NULL`,
      [
        rows.map(({ log_id }) => log_id),
        rows.map(({ timestamp }) => timestamp),
        rows.map(({ retention_class }) => retention_class),
        rows.map(({ text }) => macs.of(text)),
      ],
    )
    after = rows.at(-1)!.log_id
    progress.advance(rows.length, rows.length)
  }
  progress.end()
  print(`signed ${waiting} rows`)
}
