import { sql } from 'kysely'
import type { Loop, Task } from '../jobs/index.ts'

/** R15: counters are base plus pending deltas; this brings the deltas in. At most 20,000 a second. */
const foldCounters: Loop = {
  name: 'fold_counters',
  run: (tx) => sql`select fold_counters()`.execute(tx),
}

/** R15: the proof. What it has to repair is a fault of ours, hence the warning. */
const reconcileCounters: Task = {
  name: 'platform.reconcile_counters.v1',
  schedule: '7 * * * *',
  async run(_payload, { db, log }) {
    const { rows } = await db.transaction(null, (tx) =>
      sql<{ repaired: number }>`select reconcile_counters() as repaired`.execute(tx),
    )
    const repaired = rows[0]?.repaired ?? 0
    if (repaired > 0) log.warn({ repaired }, 'counters had drifted and were repaired')
  },
}

/** R10: six months of partitions ahead. Daily, so that a missed run is of no account. */
const ensurePartitions: Task = {
  name: 'platform.ensure_partitions.v1',
  schedule: '30 2 * * *',
  async run(_payload, { db, log }) {
    const { rows } = await db.transaction(null, (tx) =>
      sql<{ made: string }>`select ensure_partitions() as made`.execute(tx),
    )
    if (rows.length > 0) log.info({ partitions: rows.map((row) => row.made) }, 'partitions made')
  },
}

/** What the tables of the platform itself need, whichever domains run. */
export const upkeepTasks: readonly Task[] = [reconcileCounters, ensurePartitions]
export const upkeepLoops: readonly Loop[] = [foldCounters]
