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

/** Resolves when every transaction of the server that runs now is over, those in other databases included. */
export async function untilAllIsOver(owner: pg.Pool): Promise<void> {
  const { rows } = await owner.query<{ now: string }>('SELECT pg_current_xact_id()::text AS now')
  const deadline = Date.now() + 30_000
  for (;;) {
    const { rows: seen } = await owner.query<{ over: string }>(
      'SELECT pg_snapshot_xmin(pg_current_snapshot()) > $1::xid8 AS over',
      [rows[0]?.now],
    )
    if (seen[0]?.over === 't') return
    if (Date.now() > deadline) throw new Error('a transaction of before still runs')
    await sleep(10)
  }
}
