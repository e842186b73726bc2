import { sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'

type Params = Readonly<Record<string, string | number | boolean | null>>

export type DueFact = {
  readonly fact_id: string
  readonly name: string
  readonly actor_id: string | null
  readonly reference_type: string | null
  readonly reference_id: string | null
  readonly params: Params
  readonly recipients: readonly string[] | null
  readonly walked_to: string | null
}

const COLUMNS = sql.raw(
  'fact_id, name, actor_id, reference_type, reference_id, params, recipients, walked_to',
)

/**
 * The oldest that are due, of these names, held until the commit; those that another process holds are passed over. One that
 * this release does not know stays for a newer one. Walks idx_facts_due.
 */
export async function holdDueFacts(db: Db, names: readonly string[], size: number): Promise<DueFact[]> {
  const { rows } = await sql<DueFact>`
    SELECT ${COLUMNS} FROM facts
    WHERE expanded_at IS NULL AND due_at <= now() AND name = ANY (${names}::text[])
    ORDER BY due_at LIMIT ${size} FOR UPDATE SKIP LOCKED`.execute(db)
  return rows
}

/** One of them, if it still waits and nobody else holds it. */
export async function holdFact(db: Db, factId: string): Promise<DueFact | undefined> {
  const { rows } = await sql<DueFact>`
    SELECT ${COLUMNS} FROM facts
    WHERE fact_id = ${factId} AND expanded_at IS NULL AND due_at <= now() FOR UPDATE SKIP LOCKED`.execute(db)
  return rows[0]
}

export async function markExpanded(db: Db, factIds: readonly string[]): Promise<void> {
  await sql`UPDATE facts SET expanded_at = now(), last_error = NULL WHERE fact_id = ANY (${factIds}::uuid[])`.execute(
    db,
  )
}

export async function markWalked(db: Db, factId: string, walkedTo: string): Promise<void> {
  await sql`UPDATE facts SET walked_to = ${walkedTo}, attempts = 0 WHERE fact_id = ${factId}`.execute(db)
}

/** Tried again later and later; after ten times it waits for somebody to look at it. */
export async function noteFailedFact(db: Db, factId: string, error: string): Promise<boolean> {
  const { rows } = await sql<{ is_given_up: boolean }>`
    UPDATE facts SET attempts = attempts + 1, last_error = left(${error}::text, 60),
      due_at = CASE WHEN attempts >= 9 THEN 'infinity' ELSE now() + make_interval(secs => power(3, attempts)) END
    WHERE fact_id = ${factId} AND expanded_at IS NULL
    RETURNING due_at = 'infinity' AS is_given_up`.execute(db)
  return rows[0]?.is_given_up ?? false
}

/** How long the oldest that could be told has waited, in seconds. */
export async function oldestFactSeconds(db: Db): Promise<number> {
  const { rows } = await sql<{ age: number }>`
    SELECT coalesce(extract(epoch FROM now() - min(due_at)), 0)::float8 AS age
    FROM facts WHERE expanded_at IS NULL AND due_at <= now()`.execute(db)
  return rows[0]?.age ?? 0
}

/** How many failed too often and wait for somebody. */
export async function givenUpFacts(db: Db): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    SELECT count(*)::int AS n FROM facts WHERE expanded_at IS NULL AND due_at = 'infinity'`.execute(db)
  return rows[0]?.n ?? 0
}

/** At most `size` of those that were told a week ago. */
export async function deleteOldFacts(db: Db, size: number): Promise<number> {
  const { numAffectedRows } = await sql`
    DELETE FROM facts WHERE fact_id IN (
      SELECT fact_id FROM facts WHERE expanded_at < now() - interval '7 days' ORDER BY expanded_at LIMIT ${size}
      FOR UPDATE SKIP LOCKED)`.execute(db)
  return Number(numAffectedRows ?? 0)
}
