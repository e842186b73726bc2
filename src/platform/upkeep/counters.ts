import { sql } from 'kysely'
import type { Db } from '../db/index.ts'
import type { Loop, Task } from '../jobs/index.ts'
import type { Metrics } from '../metrics/index.ts'

/** By table: forgets what is cached of these rows, whose counters have just moved. */
export type Forgetting = Readonly<Record<string, (ids: readonly string[]) => Promise<unknown>>>

export type CounterDrift = {
  readonly table_name: string
  readonly counter: string
  readonly row_id: string
  readonly counted: string
  readonly truth: string
}

/** R15: counters are base plus pending deltas; this brings the deltas in, at most 20,000 a second, and forgets the rows it moved. */
export function foldCounters(forgetting: Forgetting): Loop {
  return {
    name: 'fold_counters',
    async run(tx) {
      const { rows } = await sql<{ table_name: string; row_id: string }>`
        SELECT DISTINCT table_name, row_id FROM fold_counters()`.execute(tx)
      if (rows.length === 0) return undefined
      const moved = Map.groupBy(rows, ({ table_name }) => table_name)
      return () =>
        Promise.all([...moved].map(([table, some]) => forgetting[table]?.(some.map(({ row_id }) => row_id))))
    },
  }
}

/** R15: the proof. What it has to repair is a fault of ours, hence the warning and the count. */
export function reconcileCounters(metrics: Pick<Metrics, 'counter'>): Task {
  const repairs = metrics.counter('counters_repaired_total', 'Counters that had drifted from the truth')
  return {
    name: 'platform.reconcile_counters.v1',
    schedule: '7 * * * *',
    async run(_payload, { db, log }) {
      const repaired = await db.transaction(null, repairCounters)
      repairs.add(repaired)
      if (repaired > 0) log.warn({ repaired }, 'counters had drifted and were repaired')
    },
  }
}

/** Adds what is missing as deltas, which the next fold brings in. Returns how many counters were wrong. Scans their sources. */
export async function repairCounters(db: Db): Promise<number> {
  const { rows } = await sql<{ repaired: number }>`SELECT reconcile_counters() AS repaired`.execute(db)
  return rows[0]?.repaired ?? 0
}

/** Every counter that is not what it counts, pending deltas included. Scans their sources. */
export async function counterDrift(db: Db): Promise<CounterDrift[]> {
  const { rows } = await sql<CounterDrift>`
    SELECT table_name, counter, row_id, counted::text, truth::text FROM counter_drift()`.execute(db)
  return rows
}
