import type pg from 'pg'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** Moments are milliseconds since 1970; everything is told from the moment of loading. */
export type Times = {
  readonly now: number
  daysAgo(days: number): number
  /** Never after the loading. */
  past(moment: number): number
}

export function createTimes(now: number): Times {
  return { now, daysAgo: (days) => now - days * DAY, past: (moment) => Math.min(moment, now) }
}

export function iso(moment: number): string {
  return new Date(moment).toISOString()
}

/** The day of a moment in UTC, for DATE columns. */
export function dateOf(moment: number): string {
  return iso(moment).slice(0, 10)
}

export type WallTime = { day: number; hour: number; minute: number; timezone: string }

/** The moments of wall times, `day` days from the loading's own day in that zone. PostgreSQL knows the zones. */
export async function wallTimes(
  client: pg.ClientBase,
  now: number,
  times: readonly WallTime[],
): Promise<number[]> {
  const { rows } = await client.query<{ ms: string }>(
    `SELECT extract(epoch FROM ((($1::timestamptz AT TIME ZONE w.timezone)::date + w.day)
       + make_time(w.hour, w.minute, 0)) AT TIME ZONE w.timezone)::bigint * 1000 AS ms
     FROM ROWS FROM (jsonb_to_recordset($2::jsonb) AS (day int, hour int, minute int, timezone text))
       WITH ORDINALITY AS w(day, hour, minute, timezone, place)
     ORDER BY w.place`,
    [iso(now), JSON.stringify(times)],
  )
  return rows.map(({ ms }) => Number(ms))
}
