import { sql } from 'kysely'
import type { Db } from '../db/index.ts'
import type { Language } from '../languages.ts'
import type { Params } from './template.ts'

export type MessageRow = {
  message_id: string
  template: string
  user_id: string | null
  language: Language
  timezone: string
  recipient_cipher: Buffer
  recipient_index: Buffer
  params: Params
  age_seconds: number
}

/** The message if it still waits; not once it was sent or given up, nor when its person is gone. */
export async function queuedMessage(db: Db, messageId: string): Promise<MessageRow | undefined> {
  const { rows } = await sql<MessageRow>`
    SELECT message_id, template, user_id, language, timezone, recipient_cipher, recipient_index, params,
      extract(epoch FROM now() - created_at)::float8 AS age_seconds
    FROM outgoing_messages WHERE message_id = ${messageId} AND status = 'queued'`.execute(db)
  return rows[0]
}

/** Sent: the address is forgotten, its index still counts. */
export async function markSent(db: Db, messageId: string): Promise<void> {
  await sql`
    UPDATE outgoing_messages
    SET status = 'sent', sent_at = now(), attempts = attempts + 1, recipient_cipher = NULL, last_error = NULL
    WHERE message_id = ${messageId} AND status = 'queued'`.execute(db)
}

/** Given up: refused for good, or no longer wanted. The address is forgotten. */
export async function markEnded(
  db: Db,
  messageId: string,
  status: 'failed' | 'suppressed',
  reason: string,
): Promise<void> {
  await sql`
    UPDATE outgoing_messages SET status = ${status}, attempts = attempts + 1, last_error = ${reason}, recipient_cipher = NULL
    WHERE message_id = ${messageId} AND status = 'queued'`.execute(db)
}

export async function noteFailure(db: Db, messageId: string, reason: string): Promise<void> {
  await sql`
    UPDATE outgoing_messages SET attempts = attempts + 1, last_error = ${reason}
    WHERE message_id = ${messageId} AND status = 'queued'`.execute(db)
}

/** At most `size` of those older than thirty days. Walks idx_outgoing_messages_created_at. */
export async function deleteOldMessages(db: Db, size: number): Promise<number> {
  const { numAffectedRows } = await sql`
    DELETE FROM outgoing_messages WHERE message_id IN (
      SELECT message_id FROM outgoing_messages
      WHERE created_at < now() - interval '30 days' ORDER BY created_at LIMIT ${size} FOR UPDATE SKIP LOCKED)`.execute(
    db,
  )
  return Number(numAffectedRows ?? 0)
}
