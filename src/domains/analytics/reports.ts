import type { Actor } from '../../platform/actor.ts'
import { decodeCursor, filterDigest, LAST_ID, PAGE } from '../../platform/cursor.ts'
import { pageSize } from '../../platform/db/index.ts'
import { enqueue } from '../../platform/jobs/index.ts'
import type { Services } from '../../platform/services.ts'
import { DAILY_METRICS, LATEST_METRICS, metricsNow, reportPage, reportPageNow } from './queries.ts'
import { REFRESH_PLATFORM_METRICS, REFRESH_PROGRAM_REPORTS } from './refresh.ts'

/** A1: the platform's figures as JSON text, an hour old at most. Before the first snapshot they are computed, and one is asked for. */
export async function readMetrics({ db }: Services, actor: Actor): Promise<string> {
  const latest = await db.textAs(actor, LATEST_METRICS, [])
  return (
    latest ??
    db.transaction(actor, async (tx) => {
      await enqueue(tx, REFRESH_PLATFORM_METRICS, {}, { key: REFRESH_PLATFORM_METRICS })
      return (await metricsNow(tx)) ?? ''
    })
  )
}

const MONTH = 30

/** Who came and what came in on each of the last days, as JSON text; each with its currencies. */
export async function readDailyMetrics({ db }: Services, actor: Actor, days = MONTH): Promise<string> {
  return (await db.textAs(actor, DAILY_METRICS, [days])) ?? ''
}

const LARGEST = ['2147483647', LAST_ID] as const
const EMPTY = JSON.stringify({ items: [], next_cursor: null })

/** A2: a page of programs with their figures as JSON text, the largest first. Before the first run they are computed, and one is asked for. */
export async function readProgramReport(
  { db }: Services,
  actor: Actor,
  { cursor, limit = PAGE }: { cursor?: string; limit?: number },
): Promise<string> {
  const sort = 'enrollment_count'
  const place = cursor ? decodeCursor(cursor, { sort, filter: {}, length: 2 }) : LARGEST
  const values = [...place, filterDigest({}), limit]
  const size = pageSize(limit)
  const kept = await db.textAs(actor, reportPage(size), values)
  if (kept !== null || cursor) return kept ?? EMPTY
  return db.transaction(actor, async (tx) => {
    await enqueue(tx, REFRESH_PROGRAM_REPORTS, {}, { key: REFRESH_PROGRAM_REPORTS })
    return (await reportPageNow(tx, size, values)) ?? EMPTY
  })
}
