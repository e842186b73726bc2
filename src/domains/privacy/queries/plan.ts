import { sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'

/** Where a step of the plan works. Names come from db/classification.json, never from a request. */
export type Place = { readonly table: string; readonly column: string }

/** Walks the column's index: every reference to a person has one (R31). Answers how many rows. */
export async function deleteRowsOf(db: Db, { table, column }: Place, userId: string): Promise<number> {
  const { numAffectedRows } =
    await sql`DELETE FROM ${sql.table(table)} WHERE ${sql.ref(column)} = ${userId}`.execute(db)
  return Number(numAffectedRows ?? 0)
}

/** The rows stand and name nobody. */
export async function detachRowsOf(db: Db, { table, column }: Place, userId: string): Promise<number> {
  const { numAffectedRows } =
    await sql`UPDATE ${sql.table(table)} SET ${sql.ref(column)} = NULL WHERE ${sql.ref(column)} = ${userId}`.execute(
      db,
    )
  return Number(numAffectedRows ?? 0)
}

/** The rows stand and point to a tombstone; what was said in them goes. */
export async function scrubRowsOf(
  db: Db,
  { table, column, clears }: Place & { readonly clears: readonly string[] },
  userId: string,
): Promise<number> {
  const emptied = sql.join(clears.map((name) => sql`${sql.ref(name)} = NULL`))
  const { numAffectedRows } =
    await sql`UPDATE ${sql.table(table)} SET ${emptied} WHERE ${sql.ref(column)} = ${userId}`.execute(db)
  return Number(numAffectedRows ?? 0)
}

/** Whether any row must go on pointing to the person. */
export async function isHeld(db: Db, places: readonly Place[], userId: string): Promise<boolean> {
  const each = places.map(
    ({ table, column }) => sql`EXISTS (SELECT FROM ${sql.table(table)} WHERE ${sql.ref(column)} = ${userId})`,
  )
  const { rows } = await sql<{ held: boolean }>`SELECT ${sql.join(each, sql` OR `)} AS held`.execute(db)
  return rows[0]!.held
}
