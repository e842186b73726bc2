import type { SealedColumn } from '../crypto/sealed-columns.ts'
import { contextOf } from './queue.ts'

/**
 * Addresses of messages that wait to be sent. Their index stays as it was written: it counts what an address has had
 * within a day, both columns are looked at, and the row goes after thirty.
 */
export const sealedOfMessages: SealedColumn = {
  table: 'outgoing_messages',
  key: 'message_id',
  column: 'recipient_cipher',
  form: 'bytes',
  place: 'recipient_index',
  context: contextOf,
}
