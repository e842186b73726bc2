import { sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'

export type After = { readonly user_id: string; readonly seq: number }

export type Standing<T> = {
  readonly user_id: string
  readonly unread: number
  readonly seq: number
  readonly language: string | null
  readonly timezone: string | null
  readonly items: readonly T[]
}

/** For these people, who each has at most `most` after their number. Past row security: the caller knows whose streams it holds. */
export async function standingAfter<T>(
  db: Db,
  people: readonly After[],
  most: number,
): Promise<Standing<T>[]> {
  const ids = people.map(({ user_id }) => user_id)
  const seqs = people.map(({ seq }) => seq)
  const { rows } = await sql<Standing<T>>`
    SELECT user_id, unread, seq::float8 AS seq, language, timezone, items
    FROM notifications_after(${ids}::uuid[], ${seqs}::bigint[], ${most}::int)`.execute(db)
  return rows
}
