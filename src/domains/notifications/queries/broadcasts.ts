import { sql } from 'kysely'
import { type Db, jsonPage, type PageSize, type Statement } from '../../../platform/db/index.ts'

export type BroadcastColumns = {
  readonly type: string
  readonly channels: readonly string[]
  /** JSON text. */
  readonly texts: string
  readonly path: string | null
  readonly role_name: string | null
  readonly country: string | null
  readonly language: string | null
  readonly narrowed_by: string | null
  readonly program_id: string | null
  readonly partner_id: string | null
  readonly followed_id: string | null
}

export async function insertBroadcast(
  db: Db,
  broadcast: BroadcastColumns & { readonly created_by: string },
): Promise<string> {
  const { broadcast_id } = await db
    .insertInto('broadcasts')
    .values({ ...broadcast, channels: [...broadcast.channels] })
    .returning('broadcast_id')
    .executeTakeFirstOrThrow()
  return broadcast_id
}

/** False: it is no draft (any more). */
export async function updateDraft(db: Db, broadcastId: string, change: BroadcastColumns): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('broadcasts')
    .set({ ...change, channels: [...change.channels] })
    .where('broadcast_id', '=', broadcastId)
    .where('status', '=', 'draft')
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

export async function deleteDraft(db: Db, broadcastId: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('broadcasts')
    .where('broadcast_id', '=', broadcastId)
    .where('status', '=', 'draft')
    .executeTakeFirst()
  return numDeletedRows > 0n
}

/** Held until the commit: of two who send or stop it at once, the second sees what the first did. */
export function holdBroadcast(db: Db, broadcastId: string) {
  return db
    .selectFrom('broadcasts')
    .select(['status', 'type', 'channels', 'fact_id'])
    .where('broadcast_id', '=', broadcastId)
    .forUpdate()
    .executeTakeFirst()
}

export async function markSending(
  db: Db,
  broadcastId: string,
  { people, sentBy, factId }: { people: number; sentBy: string; factId: string },
): Promise<void> {
  await db
    .updateTable('broadcasts')
    .set({ status: 'sending', people, sent_by: sentBy, sent_at: sql`now()`, fact_id: factId })
    .where('broadcast_id', '=', broadcastId)
    .execute()
}

export async function markStopped(db: Db, broadcastId: string, stoppedBy: string): Promise<void> {
  await db
    .updateTable('broadcasts')
    .set({ status: 'stopped', stopped_by: stoppedBy, finished_at: sql`now()` })
    .where('broadcast_id', '=', broadcastId)
    .execute()
}

/** Null: there is none of this id, or who asks is not of the staff. Scans the segment: a second for 100,000 people. */
export async function reachOf<T>(db: Db, broadcastId: string): Promise<T | null> {
  const { rows } = await sql<{
    reach: T | null
  }>`SELECT broadcast_reach(${broadcastId}::uuid) AS reach`.execute(db)
  return rows[0]?.reach ?? null
}

/** The next people of one that is being sent; once there are fewer than `size` it has been sent. */
export async function nextOfBroadcast(
  db: Db,
  broadcastId: string,
  after: string | null,
  size: number,
): Promise<string[]> {
  const { rows } = await sql<{ user_id: string }>`
    SELECT user_id FROM next_of_broadcast(${broadcastId}::uuid, ${after}::uuid, ${size}::int) AS user_id`.execute(
    db,
  )
  return rows.map(({ user_id }) => user_id)
}

type Words = { readonly title: string; readonly message: string; readonly action?: string }
export type BroadcastTexts = {
  readonly broadcast_id: string
  readonly texts: Readonly<Record<'en' | 'sw' | 'fr', Words>>
  readonly path: string | null
}

export async function textsOfBroadcasts(db: Db, ids: readonly string[]): Promise<BroadcastTexts[]> {
  const { rows } = await sql<BroadcastTexts>`
    SELECT broadcast_id, texts, path FROM broadcast_texts(${ids}::uuid[])`.execute(db)
  return rows
}

/** Whether something of it still waits to go out. By the first column of the primary key. */
export async function hasWaiting(db: Db, factId: string): Promise<boolean> {
  const { rows } = await sql<{ waits: boolean }>`
    SELECT EXISTS (SELECT FROM notification_deliveries WHERE source_event = ${factId} AND status = 'waiting') AS waits`.execute(
    db,
  )
  return rows[0]!.waits
}

/** At most `size` that waited are not sent any more; one that is being sent at this instant goes, and is recorded so. */
export async function withdrawWaiting(db: Db, factId: string, size: number): Promise<number> {
  const { numAffectedRows } = await sql`
    UPDATE notification_deliveries d SET status = 'skipped', reason = 'stopped', due_at = NULL, digest_at = NULL
    FROM (SELECT source_event, user_id, channel FROM notification_deliveries
          WHERE source_event = ${factId} AND status = 'waiting' ORDER BY user_id, channel LIMIT ${size}
          FOR UPDATE SKIP LOCKED) w
    WHERE (d.source_event, d.user_id, d.channel) = (w.source_event, w.user_id, w.channel)`.execute(db)
  return Number(numAffectedRows ?? 0)
}

/** Undefined: it was not stopped. For the job. */
export async function stoppedFact(db: Db, broadcastId: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('broadcasts')
    .select('fact_id')
    .where('broadcast_id', '=', broadcastId)
    .where('status', '=', 'stopped')
    .executeTakeFirst()
  return row?.fact_id ?? undefined
}

/** One as JSON text, with what became of it. $1: broadcast_id. Counts what the log holds of it: a tenth of a second for 100,000. */
export const BROADCAST: Statement = {
  name: 'broadcast',
  text: `
    SELECT (broadcast_json(b)::jsonb || jsonb_build_object('deliveries', (
      SELECT coalesce(json_agg(json_build_object('channel', d.channel, 'status', d.status, 'reason', d.reason, 'count', d.n)
        ORDER BY d.channel, d.status, d.reason), '[]'::json)
      FROM (SELECT channel, status, reason, count(*)::int AS n FROM notification_deliveries
            WHERE source_event = b.fact_id GROUP BY channel, status, reason) d)))::text
    FROM broadcasts b WHERE b.broadcast_id = $1`,
}

/** All as JSON text, the newest first. $1: the cursor's broadcast_id; $2: digest; $3: how many to show. */
export function broadcastPage(size: PageSize): Statement {
  return {
    name: `broadcasts_${size}`,
    text: jsonPage({
      show: '$3::int',
      sort: 'broadcast_id',
      key: ['broadcast_id'],
      digest: '$2',
      rows: `
        SELECT b.broadcast_id, broadcast_json(b) AS item FROM broadcasts b
        WHERE b.broadcast_id < $1::uuid ORDER BY b.broadcast_id DESC LIMIT ${size + 1}`,
    }),
  }
}
