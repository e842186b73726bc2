import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'

/** Which rows are the person's; the same shape as the plan's. */
export type Filter =
  | { readonly how: 'column'; readonly columns: readonly string[] }
  | { readonly how: 'order' }
  | { readonly how: 'address'; readonly column: string }

type Source = { readonly table: string; readonly columns: readonly string[]; readonly foundBy: Filter }

const LOT = 2_000

/**
 * A table's rows that are somebody's, each as JSON text, in lots of two thousand: through a cursor, so that a heavy user's
 * rows are never all in memory, nor read twice to find a place again. Each owner's column has an index. Inside one transaction.
 */
export async function* rowsOf(
  db: Db,
  { table, columns, foundBy }: Source,
  userId: string,
): AsyncGenerator<string[]> {
  const named = sql.join(columns.map((column) => sql.ref(`t.${column}`)))
  await sql`DECLARE rows_of NO SCROLL CURSOR FOR
    SELECT row_to_json(r)::text AS row FROM (
      SELECT ${named} FROM ${sql.table(table)} t WHERE ${isTheirs(foundBy, userId)}) r`.execute(db)
  for (;;) {
    const { rows } = await sql<{ row: string }>`FETCH ${sql.lit(LOT)} FROM rows_of`.execute(db)
    if (rows.length > 0) yield rows.map(({ row }) => row)
    if (rows.length < LOT) break
  }
  await sql`CLOSE rows_of`.execute(db)
}

function isTheirs(foundBy: Filter, userId: string): RawBuilder<unknown> {
  if (foundBy.how === 'order')
    return sql`t.order_id IN (SELECT o.order_id FROM orders o WHERE o.user_id = ${userId}::uuid)`
  if (foundBy.how === 'address')
    return sql`${sql.ref(`t.${foundBy.column}`)} = (SELECT u.email FROM users u WHERE u.user_id = ${userId}::uuid)`
  return sql.join(
    foundBy.columns.map((column) => sql`${sql.ref(`t.${column}`)} = ${userId}::uuid`),
    sql` OR `,
  )
}

export type Acquaintance = {
  user_id: string
  card: { full_name: string; username: string | null }
}

/** Others as the actor sees them: who hides from them, or has gone, is not among them. */
export async function acquaintances(db: Db, userIds: readonly string[]): Promise<Acquaintance[]> {
  const { rows } = await sql<Acquaintance>`
    SELECT p.user_id, p.card FROM people p
    WHERE p.user_id = ANY (${userIds}::uuid[]) AND NOT p.hides_from_reader`.execute(db)
  return rows
}
