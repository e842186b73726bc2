import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'

/** Resolves when so many backends of this database wait for a lock: then those who race have really met. */
export async function untilWaiting(owner: pg.Pool, count = 1): Promise<void> {
  const deadline = Date.now() + 10_000
  for (;;) {
    const { rows } = await owner.query<{ n: string }>(
      `SELECT count(DISTINCT l.pid) AS n FROM pg_locks l JOIN pg_stat_activity a USING (pid)
       WHERE NOT l.granted AND a.datname = current_database()`,
    )
    if (Number(rows[0]?.n) >= count) return
    if (Date.now() > deadline) throw new Error(`${rows[0]?.n} wait for a lock where ${count} should`)
    await sleep(10)
  }
}
