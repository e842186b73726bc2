import { sql } from 'kysely'
import type { Db } from '../db/index.ts'
import { mailboxOf } from '../delivery/index.ts'
import type { Language } from '../languages.ts'
import type { Services } from '../services.ts'
import type { Params, Secrets, Template } from './template.ts'

export type NewMessage<P extends Params, S extends Secrets> = {
  readonly template: Template<P, S>
  /** Whose message it is; its ceilings, language and time zone are this account's. Null: nobody who has an account. */
  readonly userId: string | null
  /** A mail address, or a number in E.164. */
  readonly recipient: string
  readonly params: P
  /** Default: what the account has chosen, else English. */
  readonly language?: Language
  /** At most one message a key within thirty days, 200 characters: `password_changed:<audit id>`. */
  readonly dedupeKey?: string
}

/**
 * Adds a message to a person in the transaction of its cause, and the job that sends it: it leaves if that commits, and
 * never before. Answers the message's id, that of the first one with this dedupe key, or null when the address has had
 * its fill (see `message_is_over_ceiling`): say the same to the caller in each case, or the answer tells who is known.
 */
export async function queueMessage<P extends Params, S extends Secrets>(
  tx: Db,
  { fields }: Pick<Services, 'fields'>,
  message: NewMessage<P, S>,
): Promise<string | null> {
  const { template, userId, recipient, params, language = null, dedupeKey = null } = message
  const address = normal(template.channel, recipient)
  const index = fields.index(template.channel, address)
  const cipher = fields.seal(contextOf(index), recipient)
  const { rows } = await sql<{ id: string | null }>`
    SELECT queue_message(${template.channel}, ${template.name}, ${template.causedBy}, ${userId}::uuid, ${language},
      ${cipher}::bytea, ${index}::bytea, ${JSON.stringify(params)}::jsonb, ${dedupeKey},
      ${fields.nextIndex(template.channel, address)}::bytea) AS id`.execute(tx)
  return rows[0]?.id ?? null
}

/** The sealed address opens in rows of the same address alone. */
export function contextOf(recipientIndex: Buffer): string {
  return `outgoing_messages.recipient_cipher:${recipientIndex.toString('base64url')}`
}

/** Counted as one, because they arrive in one mailbox. */
function normal(channel: string, recipient: string): string {
  return channel === 'email' ? mailboxOf(recipient) : recipient
}
