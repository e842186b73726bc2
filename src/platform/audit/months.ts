import type pg from 'pg'
import type { Storage } from '../storage/index.ts'
import { RETENTION_CLASSES } from './entry.ts'
import type { AuditMonth } from './seal-rows.ts'
import { inSnapshot } from './snapshot.ts'

/**
 * Every month that has rows, seals or copies outside, by class. The rows themselves tell, whatever their partition is called and
 * whenever they say they are from, so that none is left out; one scan of the table.
 */
export async function monthsToVerify(client: pg.ClientBase, storage: Storage): Promise<AuditMonth[]> {
  const { rows } = await inSnapshot(client, () =>
    client.query<AuditMonth>(
      `SELECT retention_class, date_trunc('month', timestamp)::date::text AS month FROM public.audit_logs GROUP BY 1, 2
       UNION SELECT retention_class, month::text FROM public.audit_seals`,
    ),
  )
  const found = new Map(rows.map((month) => [`${month.retention_class} ${month.month}`, month]))
  for (const retention_class of RETENTION_CLASSES) {
    for await (const key of storage.list(`audit-seals/${retention_class}/`)) {
      const month = `${key.split('/')[2]}-01`
      found.set(`${retention_class} ${month}`, { retention_class, month })
    }
  }
  return [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, month]) => month)
}
