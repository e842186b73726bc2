import { hash } from 'node:crypto'
import { sql } from 'kysely'
import type { Db } from '../db/index.ts'
import type { FactParams } from './fact.ts'

export type NewFact = {
  /** domain.something_happened, as a notice knows it. */
  readonly name: string
  /** Who caused it: never told of it. */
  readonly actor: string | null
  readonly reference?: { readonly type: string; readonly id: string } | null
  /** `useful_until` (ISO 8601): mail, SMS and push that wait longer are not sent any more. */
  readonly params?: FactParams
  /** At most 1,000; absent: the notice's audience says. */
  readonly recipients?: readonly string[]
  /** Absent: now. Later: it is kept until then, and cancelled with `cancelFacts`. For wall time see `instantOf`. */
  readonly dueAt?: Date
  /** One waiting fact a key: the next one with it takes its place. `events.event:<id>:reminder:<user id>` */
  readonly causeKey?: string
  /** Told once within ninety days, however often it happens: `identity.followed <who> <whom>`. */
  readonly once?: string
}

/** As the table's `some_recipients` has it. */
export const MOST_RECIPIENTS = 1000

/** Says in the transaction of the cause that something happened: people are told if that commits. Answers the fact's id. */
export async function publishFact(tx: Db, fact: NewFact): Promise<string> {
  const {
    name,
    actor,
    reference = null,
    params = {},
    recipients = null,
    dueAt = null,
    once,
    causeKey = null,
  } = fact
  if (recipients && recipients.length > MOST_RECIPIENTS) {
    const names = `The fact ${name} names ${recipients.length} recipients, ${MOST_RECIPIENTS} at most`
    throw new RangeError(`${names}: let its notice’s audience say who they are.`)
  }
  const { rows } = await sql<{ id: string }>`
    SELECT publish_fact(${name}::text, ${actor}::uuid, ${reference?.type ?? null}::text, ${reference?.id ?? null}::uuid,
      ${JSON.stringify(params)}::jsonb, ${recipients}::uuid[], ${dueAt?.toISOString() ?? null}::timestamptz,
      ${causeKey}::text, ${once === undefined ? null : idOf(once)}::uuid) AS id`.execute(tx)
  return rows[0]!.id
}

/**
 * Takes back what still waits under this key, or under all that begin with it, and what of those that were told waits to go out.
 * Answers how many facts there were.
 */
export async function cancelFacts(tx: Db, key: string | { readonly prefix: string }): Promise<number> {
  const [text, isPrefix] = typeof key === 'string' ? [key, false] : [key.prefix, true]
  const { rows } = await sql<{ cancelled: number }>`
    SELECT cancel_facts(${text}::text, ${isPrefix}::boolean) AS cancelled`.execute(tx)
  return rows[0]!.cancelled
}

/** A UUID of version 8 (RFC 9562), the same for the same words. */
function idOf(words: string): string {
  const hex = hash('sha256', words)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(12, 15)}-a${hex.slice(15, 18)}-${hex.slice(18, 30)}`
}
