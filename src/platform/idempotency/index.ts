import { hash } from 'node:crypto'
import { sql } from 'kysely'
import type { Actor } from '../actor.ts'
import type { Db } from '../db/index.ts'
import { AppError } from '../errors.ts'

/** `key`: what the client calls its attempt; undefined: it will not ask again. `request`: what it asks for, as JSON. */
export type Attempt = { readonly key: string | undefined; readonly request: unknown }

/**
 * Makes something once for however many requests of an actor with the same key (R12, the Idempotency-Key header), for a
 * day, and answers with the id of what was made; a second request waits until the first one's transaction has ended. Only
 * the id is kept, so that nobody's words are stored twice. 422 `idempotency.key_reused` when the key came with something
 * else before.
 */
export async function makeOnce(
  tx: Db,
  actor: Actor,
  { key, request }: Attempt,
  make: () => Promise<string>,
): Promise<string> {
  if (key === undefined) return make()
  const requestHash = hash('sha256', JSON.stringify(request), 'buffer')
  if (!(await claimKey(tx, actor.userId, key, requestHash))) {
    return madeBefore(await readKey(tx, actor.userId, key), requestHash)
  }
  const id = await make()
  await sql`
    UPDATE idempotency_keys SET status = 201, reply = ${JSON.stringify({ id })}::jsonb
    WHERE actor_id = ${actor.userId} AND key = ${key}`.execute(tx)
  return id
}

/** False when it was claimed before and is not forgotten. Waits for a transaction that claims it just now. */
async function claimKey(tx: Db, actorId: string, key: string, requestHash: Buffer): Promise<boolean> {
  const { rows } = await sql`
    INSERT INTO idempotency_keys AS k (actor_id, key, request_hash) VALUES (${actorId}, ${key}, ${requestHash})
    ON CONFLICT (actor_id, key) DO UPDATE
      SET request_hash = excluded.request_hash, created_at = excluded.created_at, expires_at = excluded.expires_at
      WHERE k.expires_at <= now()
    RETURNING 1`.execute(tx)
  return rows.length > 0
}

type Kept = { readonly request_hash: Buffer; readonly id: string | null }

async function readKey(tx: Db, actorId: string, key: string): Promise<Kept | undefined> {
  const { rows } = await sql<Kept>`
    SELECT request_hash, reply->>'id' AS id FROM idempotency_keys
    WHERE actor_id = ${actorId} AND key = ${key}`.execute(tx)
  return rows[0]
}

function madeBefore(kept: Kept | undefined, requestHash: Buffer): string {
  if (kept?.id && kept.request_hash.equals(requestHash)) return kept.id
  throw new AppError(422, 'idempotency.key_reused', 'This Idempotency-Key came with another request before.')
}
