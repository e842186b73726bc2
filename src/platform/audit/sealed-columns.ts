import type { SealedColumn } from '../crypto/sealed-columns.ts'
import { monthKeyContext, personKeyContext } from './origin-keys.ts'

/** The keys that seal where audit rows came from: themselves sealed by the ring. The rows stay as they are. */
export const sealedOfAudit: readonly SealedColumn[] = [
  {
    table: 'audit_keys',
    key: 'user_id',
    column: 'key_cipher',
    form: 'bytes',
    place: 'user_id',
    context: personKeyContext,
  },
  {
    table: 'audit_month_keys',
    key: 'key_id',
    column: 'key_cipher',
    form: 'bytes',
    place: 'month',
    context: monthKeyContext,
  },
]
