import { sql } from 'kysely'
import type { Db } from '../../../platform/db/index.ts'

export type NewSubscription = {
  readonly sessionId: string
  readonly service: string
  readonly endpoint: Buffer
  readonly index: Buffer
  readonly nextIndex: Buffer | null
  readonly keys: Buffer
}

/**
 * The actor's, of the actor's own session; whoever had this endpoint before has it no longer. Above `most` the one that was
 * silent for longest goes. Undefined: that session is over.
 */
export async function addSubscription(
  db: Db,
  row: NewSubscription,
  most: number,
): Promise<string | undefined> {
  const { rows } = await sql<{ id: string | null }>`
    SELECT add_push_subscription(${row.sessionId}::uuid, ${row.service}, ${row.endpoint}::bytea, ${row.index}::bytea,
      ${row.nextIndex}::bytea, ${row.keys}::bytea, ${most}) AS id`.execute(db)
  return rows[0]?.id ?? undefined
}

export type ListedSubscription = {
  readonly subscription_id: string
  readonly session_id: string
  readonly service: string
  readonly user_agent: string | null
  readonly accepted_at: string | null
  readonly created_at: string
}

/** The actor's own, newest first. */
export async function subscriptionsOf(db: Db, userId: string): Promise<ListedSubscription[]> {
  const { rows } = await sql<ListedSubscription>`
    SELECT p.subscription_id, p.session_id, p.service, s.user_agent, p.accepted_at, p.created_at
    FROM push_subscriptions p JOIN sessions s USING (session_id)
    WHERE p.user_id = ${userId}::uuid AND s.expires_at > now()
    ORDER BY p.created_at DESC, p.subscription_id DESC`.execute(db)
  return rows
}

/** False: there is none of this id that is the actor's. */
export async function removeSubscription(db: Db, userId: string, subscriptionId: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    DELETE FROM push_subscriptions WHERE subscription_id = ${subscriptionId}::uuid AND user_id = ${userId}::uuid`.execute(
    db,
  )
  return Number(numAffectedRows ?? 0) > 0
}

export type Reachable = {
  readonly subscription_id: string
  readonly endpoint_cipher: Buffer
  readonly endpoint_index: Buffer
  readonly keys_cipher: Buffer
}

/** Where somebody is reached at this moment; as app_worker. */
export async function reachable(db: Db, userId: string): Promise<Reachable[]> {
  const { rows } = await sql<Reachable>`
    SELECT p.subscription_id, p.endpoint_cipher, p.endpoint_index, p.keys_cipher
    FROM push_subscriptions p JOIN sessions s USING (session_id)
    WHERE p.user_id = ${userId}::uuid AND s.user_id = p.user_id AND s.expires_at > now()`.execute(db)
  return rows
}

/**
 * What came of a message: `accepted` begin anew to count failures, `failed` count one, and what is `gone`, or has failed so
 * often in a row, is removed, unless its browser has given another endpoint meanwhile.
 */
export async function noteOutcomes(
  db: Db,
  { accepted, failed, gone }: Record<'accepted' | 'failed' | 'gone', readonly Reachable[]>,
  most: number,
): Promise<void> {
  const ids = (rows: readonly Reachable[]) => rows.map(({ subscription_id }) => subscription_id)
  await sql`
    WITH taken AS (
      UPDATE push_subscriptions SET accepted_at = now(), failures = 0 WHERE subscription_id = ANY (${ids(accepted)}::uuid[])
    ), refused AS (
      UPDATE push_subscriptions SET failures = failures + 1
      WHERE subscription_id = ANY (${ids(failed)}::uuid[]) AND failures + 1 < ${most}
    )
    DELETE FROM push_subscriptions p USING unnest(${ids([...gone, ...failed])}::uuid[],
      ${[...gone, ...failed].map((row) => row.endpoint_index)}::bytea[]) AS g (id, index)
    WHERE p.subscription_id = g.id AND p.endpoint_index = g.index
      AND (p.subscription_id = ANY (${ids(gone)}::uuid[]) OR p.failures + 1 >= ${most})`.execute(db)
}

export type OfferAnswer = 'yes' | 'not_now'

/** Null: the actor was never asked. */
export async function offerOf(db: Db, userId: string): Promise<OfferAnswer | null> {
  const { rows } = await sql<{ answer: OfferAnswer }>`
    SELECT answer FROM push_offers WHERE user_id = ${userId}::uuid`.execute(db)
  return rows[0]?.answer ?? null
}

export async function setOffer(db: Db, userId: string, answer: OfferAnswer): Promise<void> {
  await sql`
    INSERT INTO push_offers (user_id, answer) VALUES (${userId}::uuid, ${answer})
    ON CONFLICT (user_id) DO UPDATE SET answer = excluded.answer, answered_at = now()`.execute(db)
}

/** What somebody reads; as app_worker. */
export async function languageOf(db: Db, userId: string): Promise<string | null> {
  const { rows } = await sql<{ language: string | null }>`
    SELECT language FROM user_settings WHERE user_id = ${userId}::uuid`.execute(db)
  return rows[0]?.language ?? null
}
