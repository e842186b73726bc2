import type pg from 'pg'
import { HELD_TEXT } from './canonical.ts'
import type { AuditMacs } from './macs.ts'
import { inSnapshot } from './snapshot.ts'

const BATCH = 1_000

/**
 * Whether any row at all has a MAC of these keys, the newest first: one batch where they are the right ones, every row where
 * they are not. True where no row is signed.
 */
export function fitsAnyRow(client: pg.ClientBase, macs: AuditMacs): Promise<boolean> {
  return inSnapshot(client, async () => {
    for (let before = 'ffffffff-ffff-ffff-ffff-ffffffffffff', isFirst = true; ; isFirst = false) {
      const { rows } = await client.query<{ log_id: string; mac: Buffer; text: string }>(
        `SELECT a.log_id, a.mac, ${HELD_TEXT} AS text FROM public.audit_logs a
         WHERE a.mac IS NOT NULL AND a.log_id < $1 ORDER BY a.log_id DESC LIMIT ${BATCH}`,
        [before],
      )
      const last = rows.at(-1)
      if (!last) return isFirst
      if (rows.some(({ mac, text }) => macs.isOf(text, mac))) return true
      before = last.log_id
    }
  })
}
