import { sql } from 'kysely'
import type { Db } from '../db/index.ts'
import { inBatches, type Task } from '../jobs/index.ts'

const BATCH = 1000

/** R12: the replies kept for retried requests, once they have expired. */
export const sweepIdempotencyKeys: Task = {
  name: 'platform.sweep_idempotency_keys.v1',
  schedule: '27 * * * *',
  async run(_payload, { db, log, signal }) {
    const swept = await inBatches(BATCH, signal, (size) =>
      db.transaction(null, (tx) => deleteExpiredKeys(tx, size)),
    )
    if (swept > 0) log.info({ swept }, 'expired idempotency keys removed')
  },
}

/** Walks idx_idempotency_expires; a key that a request holds waits for the next time. */
async function deleteExpiredKeys(db: Db, size: number): Promise<number> {
  const { numAffectedRows } = await sql`
    DELETE FROM idempotency_keys WHERE (actor_id, key) IN (
      SELECT actor_id, key FROM idempotency_keys
      WHERE expires_at < now() ORDER BY expires_at LIMIT ${size} FOR UPDATE SKIP LOCKED)`.execute(db)
  return Number(numAffectedRows ?? 0)
}
