import { sql } from 'kysely'
import type { Database, Db } from '../db/index.ts'
import { enqueue, type Task } from '../jobs/index.ts'
import type { Logger } from '../log.ts'

/** R10: six months are made ahead; with fewer than this left, something has been failing for months. */
export const FEWEST_MONTHS = 3

export type MonthsAhead = { readonly parent: string; readonly months: number }

/** R10: daily, and whenever a worker starts (`askForPartitions`), so that a machine that sleeps at night makes them too. */
export const ensurePartitionsTask: Task = {
  name: 'platform.ensure_partitions.v1',
  schedule: '30 2 * * *',
  async run(_payload, { db, log }) {
    try {
      const made = await db.transaction(null, ensurePartitions)
      if (made.length > 0) log.info({ partitions: made }, 'partitions made')
    } finally {
      await alarm(db, log)
    }
  },
}

/** One job however many workers start. */
export function askForPartitions(db: Database): Promise<void> {
  const { name } = ensurePartitionsTask
  return db.transaction(null, (tx) => enqueue(tx, name, {}, { key: name }))
}

async function alarm(db: Database, log: Logger): Promise<void> {
  const tables = (await monthsAhead(db.anonymous)).filter(({ months }) => months < FEWEST_MONTHS)
  if (tables.length > 0) log.error({ tables }, `fewer than ${FEWEST_MONTHS} months of partitions are ahead`)
}

/** Makes what is missing, from this month to the sixth after it; the names made. Locks each parent for a moment. */
export async function ensurePartitions(db: Db): Promise<string[]> {
  const { rows } = await sql<{ made: string }>`SELECT ensure_partitions() AS made`.execute(db)
  return rows.map(({ made }) => made)
}

/** For each partitioned table the months after this one that it can take. */
export async function monthsAhead(db: Db): Promise<MonthsAhead[]> {
  const { rows } = await sql<MonthsAhead>`
    SELECT parent, months FROM partition_months_ahead() ORDER BY parent`.execute(db)
  return rows
}

/** The least of them, for the gauge. */
export async function fewestMonthsAhead(db: Db): Promise<number> {
  return Math.min(...(await monthsAhead(db)).map(({ months }) => months))
}
